/** Reads an app's `sst.config.ts` without running it. */
import { parse } from "@babel/parser";
import type {
  BlockStatement,
  Expression,
  ObjectExpression,
  ObjectMethod,
  ObjectProperty,
  Statement,
  VariableDeclarator,
} from "@babel/types";

/** A function of the config, `app` or `run`. */
export interface ConfigFunction {
  /** Where its declaration begins. */
  start: number;
  async: boolean;
  body: BlockStatement;
}

/** A constant or variable of a function's own scope. */
export type Declaration = VariableDeclarator & { init: Expression };

/** @throws one line when it is no TypeScript */
export function parseConfig(text: string): Statement[] {
  try {
    return parse(text, { sourceType: "module", plugins: ["typescript"] }).program.body;
  } catch (error) {
    throw new Error(`sst.config.ts cannot be read: ${(error as Error).message}.`);
  }
}

/** A function of what `$config({ … })` gets, if it stands there with a body. */
export function functionOf(config: Statement[], name: string): ConfigFunction | undefined {
  const member = configObject(config)?.properties.find(
    (each): each is ObjectMethod | ObjectProperty =>
      each.type !== "SpreadElement" && nameOf(each.key) === name,
  );
  if (!member) return undefined;
  const start = member.start ?? 0;
  if (member.type === "ObjectMethod") return { start, async: member.async, body: member.body };
  const { value } = member;
  if (value.type !== "ArrowFunctionExpression" && value.type !== "FunctionExpression")
    return undefined;
  if (value.body.type !== "BlockStatement") return undefined;
  return { start: value.start ?? 0, async: value.async, body: value.body };
}

function configObject(config: Statement[]): ObjectExpression | undefined {
  const exported = config.find((each) => each.type === "ExportDefaultDeclaration")?.declaration;
  if (exported?.type !== "CallExpression") return undefined;
  const [given] = exported.arguments;
  return given?.type === "ObjectExpression" ? given : undefined;
}

/** What the app is called, where `app` says it literally. */
export function appNameOf(text: string): string | undefined {
  const config = parseConfig(text);
  const returned = functionOf(config, "app")?.body.body.find(
    (each) => each.type === "ReturnStatement",
  )?.argument;
  const object = returned ?? shortAppOf(config);
  if (object?.type !== "ObjectExpression") return undefined;
  for (const each of object.properties)
    if (each.type === "ObjectProperty" && nameOf(each.key) === "name")
      return each.value.type === "StringLiteral" ? each.value.value : undefined;
  return undefined;
}

/** What `app: () => ({ … })` returns. */
function shortAppOf(config: Statement[]): Expression | undefined {
  for (const each of configObject(config)?.properties ?? []) {
    if (each.type !== "ObjectProperty" || nameOf(each.key) !== "app") continue;
    const { value } = each;
    if (value.type === "ArrowFunctionExpression" && value.body.type !== "BlockStatement")
      return value.body;
  }
  return undefined;
}

/** Constants and variables with a value, of a function's own scope. */
export function declarationsIn({ body }: BlockStatement): Declaration[] {
  return body
    .flatMap((each) => (each.type === "VariableDeclaration" ? each.declarations : []))
    .filter((each): each is Declaration => Boolean(each.init));
}

/** First arguments of all that is made with `new`: the components' names. */
export function componentsIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(componentsIn);
  if (typeof node !== "object" || node === null) return [];
  const inside = Object.values(node).flatMap(componentsIn);
  const { type, arguments: given } = node as { type?: string; arguments?: Expression[] };
  const name = type === "NewExpression" ? nameOf(given?.[0]) : undefined;
  return given?.[0]?.type === "StringLiteral" && name ? [name, ...inside] : inside;
}

/** Names and string keys: `name`, `"name"`, `sst.aws.Vpc`. */
export function nameOf(node: { type: string } | null | undefined): string | undefined {
  const found = node as Expression | null | undefined;
  if (found?.type === "Identifier") return found.name;
  if (found?.type === "StringLiteral") return found.value;
  if (found?.type === "MemberExpression" && !found.computed)
    return `${nameOf(found.object)}.${nameOf(found.property)}`;
  return undefined;
}
