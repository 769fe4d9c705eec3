/** `Alb` and `Service` are documented as SST's own components are: each argument, and what they cost. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

interface Argument {
  name: string;
  optional: boolean;
  doc: string;
}

/** The properties of an interface, each with the comment before it. */
function argumentsOf(file: string, name: string): Argument[] {
  const source = readFileSync(`packages/sst-ec2/src/${file}`, "utf8");
  const body =
    new RegExp(`^export interface ${name}[^{]*\\{\\n(.*?)^\\}`, "ms").exec(source)?.[1] ?? "";
  const properties = body.matchAll(
    /(?<doc>^ {2}\/\*\*.*?\*\/\n)?^ {2}(?<name>\w+)(?<mark>\??):/gms,
  );
  return [...properties].map(({ groups }) => ({
    name: groups?.name ?? "",
    optional: groups?.mark === "?",
    doc: (groups?.doc ?? "").replaceAll(/^ *(\/\*\*|\*\/|\*)/gm, "").trim(),
  }));
}

describe.each([
  ["alb/args.ts", "AlbArgs", 9],
  ["alb/args.ts", "AlbDomain", 2],
  ["alb/args.ts", "AlbTargetArgs", 6],
  ["alb/args.ts", "AlbRule", 4],
  ["alb/args.ts", "AlbHealth", 6],
  ["service/args.ts", "ServiceHealth", 1],
  ["artifact/artifacts.ts", "ArtifactsArgs", 1],
  ["service/args.ts", "ServiceArgs", 30],
  ["service/args.ts", "ServiceScaling", 5],
  ["service/logging.ts", "ServiceLogging", 2],
] as const)("%s, %s", (file, name, count) => {
  // Its parts are documented one by one.
  const all = argumentsOf(file, name).filter((each) => each.name !== "transform");

  test("is read as a whole", () => {
    expect(all.length).toBeGreaterThanOrEqual(count);
  });

  test("says what each argument means", () => {
    expect(all.filter(({ doc }) => !/^\[?[A-Z]/.test(doc)).map((each) => each.name)).toEqual([]);
  });

  test("says the default of each that can be left out", () => {
    const silent = all.filter(({ optional, doc }) => optional && !/@default \S/.test(doc));
    expect(silent.map((each) => each.name)).toEqual([]);
  });

  test("has an example of each, which names it", () => {
    const without = all.filter(({ name: argument, doc }) => {
      const example = /@example\n(.*)/s.exec(doc)?.[1] ?? "";
      return !new RegExp(`\\b${argument}\\b`).test(example);
    });
    expect(without.map((each) => each.name)).toEqual([]);
  });
});

test.each(["alb/alb.ts", "service/service.ts"])(
  "%s has a Cost section with its arithmetic",
  (file) => {
    const source = readFileSync(`packages/sst-ec2/src/${file}`, "utf8");
    expect(source).toMatch(/^ \* ### Cost\n(?: \*.*\n)*? \*.*\$[\d.]+.*× 730/m);
  },
);
