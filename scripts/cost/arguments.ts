/** The command line of `npm run cost`. */
import { checkStage, parseCommandLine, WrongArgument } from "../command-line.ts";

export const USAGE = `npm run cost -- [options]

  --stage NAME   which stage (default prod)
  --rps N        everyday requests a second, averaged over the month
                 (default 1 for a stage that is kept, 0.01 for others)
  --live         ask AWS's price API instead of the price file, and say what differs
  --save         with --live: write what it says into the price file
  --actual       what AWS Cost Explorer says was paid; a call costs $0.01
  --docs         write the tables into docs/cost.md
  --json         everything as JSON
  -h, --help     this text`;

export interface CostArguments {
  stage: string;
  rps?: number;
  live: boolean;
  save: boolean;
  actual: boolean;
  docs: boolean;
  json: boolean;
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
  const { rps, ...values } = parse(args);
  checkStage(values.stage);
  if (rps !== undefined && !/^\d{1,6}(\.\d{1,6})?$/.test(rps))
    throw new WrongArgument(`--rps is "${rps}"; it must be a number from 0 to 999999`);
  if (values.save && !values.live) throw new WrongArgument("--save needs --live");
  const alone = (["docs", "actual"] as const).filter((option) => values[option]);
  const others = [values.json && "docs", ...alone].filter(Boolean);
  if (values.docs && others.length > 1)
    throw new WrongArgument("--docs writes a file; it goes with neither --json nor --actual");
  return { ...values, ...(rps !== undefined && { rps: Number(rps) }) };
}

function parse(args: string[]) {
  const flag = { type: "boolean", default: false } as const;
  return parseCommandLine({
    args,
    options: {
      stage: { type: "string", default: "prod" },
      rps: { type: "string" },
      live: flag,
      save: flag,
      actual: flag,
      docs: flag,
      json: flag,
    },
  }).values;
}
