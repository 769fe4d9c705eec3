/** Schemas of options. Each has a `rule`: what is allowed, in words that follow a wrong value. */
import {
  OptionalKind,
  type TObject,
  type TProperties,
  type TSchema,
  Type,
} from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";

export const Flag = () => Type.Boolean({ rule: "it must be true or false" });

export const Whole = (minimum: number, maximum: number) =>
  Type.Integer({
    minimum,
    maximum,
    rule: `it must be a whole number from ${minimum} to ${maximum}`,
  });

/** An object with these keys only. */
export const Options = <Properties extends TProperties>(properties: Properties, rule: string) =>
  Type.Object(properties, { additionalProperties: false, rule });

/**
 * What is wrong with a value, in words that follow it: the rule of the first wrong option, or the
 * object's own.
 */
export function problemOf(schema: TSchema, value: unknown): string | undefined {
  if (value === undefined && schema[OptionalKind]) return undefined;
  if (Value.Check(schema, value)) return undefined;
  const isObject = schema.type === "object" && typeof value === "object" && value !== null;
  return (isObject && problemWithin(schema as TObject, value)) || schema.rule;
}

function problemWithin({ properties }: TObject, value: object): string | undefined {
  const known = Object.keys(properties);
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown) return `"${unknown}" is not an option of it; known are ${known.join(", ")}`;
  const entries = Object.entries(properties);
  return entries
    .map(([key, property]) => problemOf(property, value[key as keyof typeof value]))
    .find((problem) => problem !== undefined);
}
