/**
 * The README's tables of arguments, from the docstrings: `node packages/sst-ec2/arguments.ts` brings them
 * up to date.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** An argument, as its docstring says. */
export interface Argument {
  name: string;
  optional: boolean;
  /** Without the tags. */
  text: string;
  /** Empty where it cannot be left out. */
  byDefault: string;
}

/** The interfaces that the README has, each with its file in `src`. */
const TABLES: Record<string, string> = {
  ServiceArgs: "service/args.ts",
  AlbHealth: "alb/args.ts",
  ServiceHealth: "service/args.ts",
  ServiceScaling: "service/args.ts",
  ServiceLogging: "service/logging.ts",
  AlbRule: "alb/args.ts",
  AlbArgs: "alb/args.ts",
  ArtifactsArgs: "artifact/artifacts.ts",
};

/** The arguments of an interface, in its order. */
export function argumentsOf(file: string, name: string): Argument[] {
  const source = readFileSync(join(import.meta.dirname, "src", file), "utf8");
  const body =
    new RegExp(`^export interface ${name}\\b[^{]*\\{\\n(.*?)^\\}`, "ms").exec(source)?.[1] ?? "";
  const properties = body.matchAll(
    /(?<doc>^ {2}\/\*\*.*?\*\/\n)?^ {2}(?<name>\w+)(?<mark>\??):/gms,
  );
  return [...properties].map(({ groups }) => {
    const doc = (groups?.doc ?? "").replaceAll(/^ *(\/\*\*|\*\/|\*) ?/gm, "").trim();
    const [text = "", ...tags] = doc.split(/^@/m);
    const byDefault = tags.find((tag) => tag.startsWith("default"))?.slice("default".length) ?? "";
    return {
      name: groups?.name ?? "",
      optional: groups?.mark === "?",
      text: inOneLine(text),
      byDefault: inOneLine(byDefault),
    };
  });
}

const inOneLine = (text: string) =>
  text
    .replaceAll(/\s*\*\/\s*$/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();

/** The README with its tables as the docstrings are. */
export function withTables(readme: string): string {
  return readme.replaceAll(
    /(<!-- arguments of (\w+) -->\n).*?(<!-- end -->)/gs,
    (_, begin: string, name: string, end: string) => `${begin}${table(name)}${end}`,
  );
}

function table(name: string): string {
  const rows = argumentsOf(TABLES[name] ?? "", name).map(({ name, text, byDefault, optional }) => {
    const cells = [`\`${name}\``, text, byDefault || (optional ? "None" : "Needed")];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return ["| | | Default |", "|---|---|---|", ...rows, ""].join("\n");
}

if (import.meta.main) {
  const file = join(import.meta.dirname, "README.md");
  writeFileSync(file, withTables(readFileSync(file, "utf8")));
}
