/** The command line of `npm run cost`. */
import { checkStage, parseCommandLine, WrongArgument } from "../../common/command-line.ts";
import { type Side, sidesOf } from "./diff.ts";

export const USAGE = `npm run cost -- [options]

Prices a stage from the resources that it really has: an hour, a month, by service, as a tree.

  diff A B       compare two stages: what differs, as Markdown for a pull request
  diff REV..     compare --stage at a commit with the working tree; diff REV..REV: two commits

  --stage NAME   which stage (default prod)
  --rps N        everyday requests a second, averaged over the month
                 (default 1 for a stage that is kept, 0.01 for others)
  --original     beside the system that this app replaced; see docs/cost.md
  --live         ask AWS's price API instead of the price file, and say what differs
  --save         with --live: write what it says into the price file
  --actual       what AWS Cost Explorer says was paid; a call costs $0.01
  --docs         write the tables into the docs
  --json         everything as JSON
  -h, --help     this text

examples
  npm run cost -- --stage ada
  npm run cost -- --rps 200
  npm run --silent cost -- diff prod ada
  npm run --silent cost -- diff main.. > comment.md`;

export interface CostArguments {
  stage: string;
  rps?: number;
  live: boolean;
  save: boolean;
  actual: boolean;
  docs: boolean;
  json: boolean;
  original: boolean;
  /** What to compare instead of printing one stage. */
  diff?: [Side, Side];
}

/**
 * Reads the command line.
 *
 * @throws WrongArgument
 * @example
 * ```ts
 * readArguments(["--stage", "prod", "--rps", "200"]); // { stage: "prod", rps: 200, live: false, … }
 * ```
 */
export function readArguments(args: string[]): CostArguments {
  const { values: given, positionals } = parse(args);
  const { rps, ...values } = given;
  checkStage(values.stage);
  if (rps !== undefined && !/^\d{1,6}(\.\d{1,6})?$/.test(rps))
    throw new WrongArgument(`--rps is "${rps}"; it must be a number from 0 to 999999`);
  if (values.save && !values.live) throw new WrongArgument("--save needs --live");
  const alone = (["docs", "actual"] as const).filter((option) => values[option]);
  const others = [values.json && "docs", ...alone].filter(Boolean);
  if (values.docs && others.length > 1)
    throw new WrongArgument("--docs writes a file; it goes with neither --json nor --actual");
  const sides = compared(positionals, values.stage);
  const other = (["json", "docs", "actual", "live", "original"] as const).find(
    (one) => values[one],
  );
  if (sides && other) throw new WrongArgument(`diff does not go with --${other}`);
  return {
    ...values,
    ...(sides && { diff: sides }),
    ...(rps !== undefined && { rps: Number(rps) }),
  };
}

function compared([command, ...names]: string[], stage: string): [Side, Side] | undefined {
  if (command === undefined) return undefined;
  if (command !== "diff") throw new WrongArgument(`"${command}" is no command; there is diff`);
  try {
    const sides = sidesOf(names, stage);
    for (const side of sides) checkStage(side.stage);
    return sides;
  } catch (error) {
    throw new WrongArgument((error as Error).message);
  }
}

function parse(args: string[]) {
  const flag = { type: "boolean", default: false } as const;
  return parseCommandLine({
    args,
    allowPositionals: true,
    options: {
      stage: { type: "string", default: "prod" },
      rps: { type: "string" },
      live: flag,
      save: flag,
      actual: flag,
      docs: flag,
      json: flag,
      original: flag,
    },
  });
}
