import { type Static, type TSchema, Type } from "@sinclair/typebox";

/** The lower-case form of a UUID, as we give them out. */
export const UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";

/**
 * One line with something to see in it: no control characters, line or paragraph separators, nor halves
 * of surrogate pairs, and not only of what is drawn as nothing (spaces, joiners, fillers, marks without
 * a letter). Patterns see whole bodies before lengths are checked, so each must be linear in the length
 * of its input.
 */
export const VISIBLE_LINE =
  "^(?=[\\s\\S]*[^\\s\\p{Z}\\p{Cc}\\p{Cf}\\p{Cs}\\p{M}\\p{DI}\\u2800])" +
  "[^\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}]*$";

/** Text of several lines: of the control characters only tab, line feed and carriage return. */
export const TEXT = "^[^\\p{Cs}\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$";

/** An id of ours. */
export const Id = (description: string) =>
  Type.String({
    format: "uuid",
    pattern: UUID,
    description,
    examples: ["019a9c5e-7b1a-7c3d-9e4f-2a6b8c0d1e2f"],
  });

/** When something happened. */
export const Timestamp = (description: string) =>
  Type.String({
    format: "date-time",
    description: `${description}, ISO 8601 in UTC`,
    examples: ["2026-01-31T12:00:00.000Z"],
  });

/**
 * Whether a `date-time` of JSON Schema is a moment that dates and databases know: a leap second is none
 * for them, and neither is a year that is not from 1 to 9999 in UTC.
 */
export function isMoment(text: string): boolean {
  const time = Date.parse(text);
  return time >= FIRST && time <= LAST;
}

const FIRST = Date.parse("0001-01-01T00:00:00Z");
const LAST = Date.parse("9999-12-31T23:59:59.999Z");

/** A reference to a schema that the app added under its `$id`, so that the document names it. */
export function ref<Schema extends TSchema>(schema: Schema) {
  return Type.Unsafe<Static<Schema>>({ $ref: `${schema.$id}#` });
}
