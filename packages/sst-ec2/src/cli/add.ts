/** Adds a service to an app's config. Pure: from text to text. */
import type { BlockStatement, Statement } from "@babel/types";
import {
  componentsIn,
  type Declaration,
  declarationsIn,
  functionOf,
  nameOf,
  parseConfig,
} from "./config.ts";

/** The config with the service, and what its author does next. */
export interface Addition {
  text: string;
  /** What the service is called in `run()`. */
  variable: string;
  /** Its program. */
  entry: string;
  /** Where it listens on the developer's machine. */
  port: number;
  /** What the author should know of what was found. */
  notes: string[];
}

/** What `run()` has already. */
interface Found {
  /** Names that are taken. */
  taken: Set<string>;
  vpc: string | undefined;
  alb: string | undefined;
  /** The library's classes by the names that they have there. */
  imported: Map<string, string>;
}

/**
 * Adds a service behind a balancer at the end of `run()`, before what it returns. A VPC and a
 * balancer that are there are used.
 *
 * @param name Such as `api`; the component has a capital first letter.
 * @param entry The program. @default `server.ts`, or `NAME.ts` where another service runs that
 * @throws When the config has the service already, or no `run()` to which it could be added.
 */
export function addService(config: string, name: string, entry?: string): Addition {
  if (!/^[a-z][A-Za-z0-9]{0,23}$/i.test(name))
    throw new Error(`"${name}" is no name; it must be a letter, then up to 23 letters and digits.`);
  const component = name.charAt(0).toUpperCase() + name.slice(1);
  const parsed = parseConfig(config);
  const run = functionOf(parsed, "run");
  if (!run)
    throw new Error(
      "sst.config.ts has no `async run() { … }` in $config({ … }), to which the service could be added.",
    );
  // SST tells names apart without their case.
  if (componentsIn(parsed).some((each) => each.toLowerCase() === component.toLowerCase()))
    throw new Error(`sst.config.ts has a component "${component}" already.`);
  const found = lookAround(run.body);
  const variable = freeName(name.charAt(0).toLowerCase() + name.slice(1), found.taken);
  const program = entry ?? (config.includes('"server.ts"') ? `${variable}.ts` : "server.ts");
  const port = portIn(config);
  const lines = service({ component, variable, program, port }, found);
  const text = insert(config, run.body, lines);
  const whole = run.async ? text : `${text.slice(0, run.start)}async ${text.slice(run.start)}`;
  parseConfig(whole);
  const notes = found.vpc && !isVpc(run.body, found.vpc) ? [unknownVpc(found.vpc)] : [];
  return { text: whole, variable, entry: program, port, notes };
}

function lookAround(body: BlockStatement): Found {
  const declared = declarationsIn(body);
  const of = (pattern: RegExp) =>
    declared.find(
      ({ init }) => init.type === "NewExpression" && pattern.test(nameOf(init.callee) ?? ""),
    );
  const taken = new Set(declared.flatMap(namesOf));
  const imported = importsOf(declared);
  const alb = imported.get("Alb");
  return {
    taken,
    imported,
    vpc: nameOf(of(/^sst\.aws\.Vpc$/)?.id) ?? (taken.has("vpc") ? "vpc" : undefined),
    alb: alb && nameOf(of(new RegExp(`^${alb.replace(".", "\\.")}$`))?.id),
  };
}

/** The names that a declaration makes: `const { a, b: c } = …` makes a and c. */
function namesOf({ id }: Declaration): string[] {
  if (id.type !== "ObjectPattern") return [nameOf(id) ?? ""];
  return id.properties.map((each) => nameOf("value" in each ? each.value : each.argument) ?? "");
}

/** What is imported of the library, as `{ Alb }`, as `{ Alb: Balancer }` or as a whole. */
function importsOf(declared: Declaration[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { id, init } of declared) {
    if (init.type !== "AwaitExpression" || init.argument.type !== "CallExpression") continue;
    const { callee, arguments: given } = init.argument;
    if (callee.type !== "Import" || nameOf(given[0]) !== "sst-ec2") continue;
    if (id.type === "Identifier")
      for (const each of ["Alb", "Service"]) names.set(each, `${id.name}.${each}`);
    if (id.type !== "ObjectPattern") continue;
    for (const each of id.properties)
      if (each.type === "ObjectProperty")
        names.set(nameOf(each.key) ?? "", nameOf(each.value) ?? "");
  }
  return names;
}

function isVpc(body: BlockStatement, name: string): boolean {
  return declarationsIn(body).some(
    ({ id, init }) =>
      nameOf(id) === name && init.type === "NewExpression" && nameOf(init.callee) === "sst.aws.Vpc",
  );
}

function unknownVpc(name: string): string {
  return `\`${name}\` must be an sst.aws.Vpc, or the IDs of one: { id, subnets }.`;
}

function freeName(wanted: string, taken: Set<string>): string {
  if (!taken.has(wanted)) return wanted;
  return freeName(wanted.endsWith("Service") ? `${wanted}2` : `${wanted}Service`, taken);
}

/** A port of the developer's machine that no other service of the config has. */
function portIn(config: string): number {
  const ports = [...config.matchAll(/localhost:(\d+)/g)].map(([, port]) => Number(port));
  return Math.max(2999, ...ports) + 1;
}

interface Wanted {
  component: string;
  variable: string;
  program: string;
  port: number;
}

function service({ component, variable, program, port }: Wanted, found: Found): string[] {
  const { imported } = found;
  const needed = [...(found.alb ? [] : ["Alb"]), "Service"].filter((each) => !imported.has(each));
  const vpc = found.vpc ?? "vpc";
  const alb = found.alb ?? freeName("alb", found.taken);
  const vpcArgument = vpc === "vpc" ? "vpc" : `vpc: ${vpc}`;
  const conditions = found.alb ? `conditions: { path: ["/${variable}", "/${variable}/*"] }` : "";
  return [
    ...(needed.length > 0 ? [`const { ${needed.join(", ")} } = await import("sst-ec2");`] : []),
    ...(found.vpc ? [] : ['const vpc = new sst.aws.Vpc("Vpc");']),
    ...(found.alb
      ? []
      : [`const ${alb} = new ${imported.get("Alb") ?? "Alb"}("Alb", { ${vpcArgument} });`]),
    `const ${variable} = new ${imported.get("Service") ?? "Service"}("${component}", {`,
    `\t${vpcArgument},`,
    `\tentry: ${JSON.stringify(program)},`,
    `\tloadBalancer: { instance: ${alb}, rules: [${conditions ? `{ ${conditions} }` : "{}"}] },`,
    "\tscaling: { min: 1, max: 2 },",
    `\tdev: { command: ${JSON.stringify(`node --watch ${program}`)}, url: "http://localhost:${port}" },`,
    "});",
  ];
}

/** Puts lines before what a function returns at its end, or else at its end. */
function insert(config: string, body: BlockStatement, lines: string[]): string {
  const newline = config.includes("\r\n") ? "\r\n" : "\n";
  const [first] = body.body;
  const returned = body.body.find((each) => each.type === "ReturnStatement");
  const at = returned ? beginOf(config, returned) : (body.end ?? config.length) - 1;
  const outer = indentAt(config, body.start ?? 0);
  const unit = outer.includes("\t") ? "\t" : outer || "  ";
  const inner =
    first && isAlone(config, first.start ?? 0) ? indentAt(config, first.start ?? 0) : outer + unit;
  const added = lines.map((line) => inner + line.replace("\t", unit) + newline).join("");
  if (isAlone(config, at)) {
    const line = lineStart(config, at);
    return config.slice(0, line) + added + config.slice(line);
  }
  const rest = returned ? inner : outer;
  return `${config.slice(0, at).trimEnd()}${newline}${added}${rest}${config.slice(at)}`;
}

/** Where a statement begins with the comments above it. */
function beginOf(config: string, { leadingComments, start }: Statement): number {
  const above = leadingComments?.find((each) => isAlone(config, each.start ?? 0));
  return above?.start ?? start ?? 0;
}

/** Whether nothing is before a position on its line. */
function isAlone(text: string, position: number): boolean {
  return text.slice(lineStart(text, position), position).trim() === "";
}

function lineStart(text: string, position: number): number {
  return position === 0 ? 0 : text.lastIndexOf("\n", position - 1) + 1;
}

/** The white space at the beginning of a position's line. */
function indentAt(text: string, position: number): string {
  return /^[\t ]*/.exec(text.slice(lineStart(text, position)))?.[0] ?? "";
}

/** What is new and what goes, as a diff shows it. */
export function describeChange(before: string, after: string): string {
  const old = before.split(/\r?\n/);
  const now = after.split(/\r?\n/);
  const differs = (a: string[], b: string[]) => a.findIndex((line, index) => line !== b[index]);
  const from = differs(now, old);
  // Lines at the end that both have, without those at the beginning.
  const room = Math.min(old.length, now.length) - from;
  const back = differs(now.toReversed(), old.toReversed());
  const same = Math.min(back < 0 ? room : back, room);
  return [
    "sst.config.ts",
    ...now.slice(Math.max(0, from - 2), from).map((line) => `  ${line}`),
    ...old.slice(from, old.length - same).map((line) => `- ${line}`),
    ...now.slice(from, now.length - same).map((line) => `+ ${line}`),
    ...now.slice(now.length - same, now.length - same + 1).map((line) => `  ${line}`),
  ].join("\n");
}
