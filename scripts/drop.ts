/**
 * `npm run drop -- quotes`: takes a part of the app away with its code, tests and docs. {@link FEATURES} are the
 * parts that can go.
 *
 * Ends with 0; with 1 when it is not confirmed or the checkout has changes; with 2 when an argument is wrong.
 */
import { execFileSync } from "node:child_process";
import { confirm, main, WrongArgument } from "../tools/common/command-line.ts";
import { root } from "../tools/common/root.ts";
import { count, readChangeArguments } from "./change-arguments.ts";
import { apply } from "./drop/apply.ts";
import { FEATURES, type Feature } from "./drop/features.ts";
import { type Change, mentions, planOf } from "./drop/plan.ts";

const USAGE = `npm run drop -- quotes [options]

Takes the quotes away: the collector, Postgres, their routes, tests and docs.

  --dry-run    list what would go, file by file, and change nothing
  --yes        do not ask
  -h, --help   this text

examples
  npm run drop -- quotes --dry-run
  npm run drop -- quotes

The checkout must have no changes, so that git restore . undoes it. A deployed stage with quotes
loses them, and their data, with its next deploy.`;

await main("drop", USAGE, async (args) => {
  const { name, feature, yes, dryRun } = readArguments(args);
  mustBeClean();
  const changes = planOf(root, name, feature);
  console.info(summary(feature, changes, dryRun));
  if (dryRun) return 0;
  if (!yes && !(await confirm("Take all of it away?"))) return 1;
  apply(root, changes);
  const left = mentions(root, feature);
  if (left.length > 0) console.info(`These lines still speak of it:\n\n${left.join("\n")}\n`);
  console.info("Done. Look at git diff, then run npm install and npm test.");
  return 0;
});

function readArguments(args: string[]) {
  const known = Object.keys(FEATURES).join(", ");
  const asked = readChangeArguments(args, `say what to drop: ${known}`);
  const feature = FEATURES[asked.name];
  if (!feature) throw new WrongArgument(`"${asked.name}" cannot be dropped; known is ${known}`);
  return { ...asked, feature };
}

/** @throws when git has something to commit, which could be lost among what changes here */
function mustBeClean(): void {
  const status = execFileSync("git", ["status", "--porcelain"], { cwd: root, encoding: "utf8" });
  if (status === "") return;
  const changed = status.trimEnd().split("\n").length;
  throw new Error(`git status shows ${count(changed, "changed file")}: commit or stash first.`);
}

function summary(feature: Feature, changes: Change[], everyFile: boolean): string {
  const [gone, edited] = [changes.filter(isGone), changes.filter((change) => !isGone(change))];
  const lines = (some: Change[]) => some.reduce((sum, each) => sum + each.lines, 0);
  const folderOf = ({ file }: Change) => file.split("/").slice(0, -1).slice(0, 3).join("/") || ".";
  const rows = (some: Change[]) =>
    everyFile
      ? some.map((each) => `  ${each.file.padEnd(52)}${count(each.lines, "line")}`)
      : [...Map.groupBy(some, folderOf)].map(
          ([folder, all]) =>
            `  ${folder.padEnd(52)}${count(all.length, "file")}, ${count(lines(all), "line")}`,
        );
  return [
    `Takes away ${feature.title}.`,
    "",
    `${gone.length} files go, ${lines(gone)} lines:`,
    ...rows(gone),
    "",
    `${edited.length} files change, ${lines(edited)} lines go:`,
    ...rows(edited),
    "",
  ].join("\n");
}

function isGone({ text }: Change): boolean {
  return text === undefined;
}
