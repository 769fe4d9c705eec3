/**
 * `npm run rename -- my-app`: gives the app another name, everywhere at once: the app and so its stacks
 * and tables, the packages' scope, titles, documents and tests.
 *
 * Ends with 0; with 1 when it is not confirmed; with 2 when an argument is wrong.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { confirm, main, WrongArgument } from "../tools/common/command-line.ts";
import { root } from "../tools/common/root.ts";
import { type ChangeArguments, count, readChangeArguments } from "./change-arguments.ts";
import { pascalOf, problemOf, titleOf } from "./rename/names.ts";
import { apply, type Change, planOf } from "./rename/plan.ts";

const USAGE = `npm run rename -- NAME [options]

Gives the app another name: app, stacks, tables, package scope and docs.

  --dry-run    list what would change, file by file, and change nothing
  --yes        do not ask
  -h, --help   this text

examples
  npm run rename -- my-app --dry-run
  npm run rename -- my-app

A stage that is deployed keeps its old name: remove it before, or deploy anew beside it.`;

await main("rename", USAGE, async (args) => {
  const { name, yes, dryRun } = readArguments(args);
  const from: string = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).name;
  if (name === from) throw new WrongArgument(`"${name}" is the app's name already`);
  const changes = planOf(root, from, name);
  console.info(summary(changes, from, name, dryRun));
  if (dryRun) return 0;
  if (!yes && !(await confirm("Change all of it?"))) return 1;
  apply(root, changes, from, name);
  console.info(`Done: the app is ${name}. See git diff; npm run rename -- ${from} undoes it.`);
  return 0;
});

function readArguments(args: string[]): ChangeArguments {
  const asked = readChangeArguments(args, "say the new name, such as my-app");
  const { name } = asked;
  const problem = problemOf(name);
  if (problem) throw new WrongArgument(problem);
  if (partsOf().has(name))
    throw new WrongArgument(
      `"${name}" is a part of the app: choose a name that means nothing else`,
    );
  return asked;
}

/** Folders and packages: an app of the same name could not be told apart from them, and renamed again. */
function partsOf(): Set<string> {
  const folders = ["", "packages", "tools"].flatMap((folder) => readdirSync(join(root, folder)));
  return new Set([...folders, "aws", "sst", "node", "app"]);
}

/** What changes: the forms of the name, then files, or only folders when they are not asked for. */
function summary(changes: Change[], from: string, to: string, everyFile: boolean): string {
  const forms = [
    [from, to],
    [titleOf(from), titleOf(to)],
    [`@${from}/*`, `@${to}/*`],
    [`${pascalOf(from)}…`, `${pascalOf(to)}…`],
  ];
  const moved = changes.filter(({ file, to: path }) => path !== file);
  const groups = Map.groupBy(changes, ({ file }) =>
    everyFile ? file : file.split("/").slice(0, -1).slice(0, 2).join("/") || ".",
  );
  const rows = [...groups].map(([name, members]) => {
    const places = members.reduce((sum, each) => sum + each.places, 0);
    const files = everyFile ? "" : `${count(members.length, "file")}, `;
    return `  ${name.padEnd(46)}${files}${count(places, "place")}`;
  });
  return [
    ...forms.map(([before, after]) => `  ${before} → ${after}`),
    "",
    ...rows,
    ...moved.map(({ file, to: path }) => `  ${file} → ${path}`),
    "",
  ].join("\n");
}
