/** The command line of `npm run bench`. */
import { parseCommandLine, WrongArgument } from "../common/command-line.ts";
import type { CarryPlan } from "./carry/carry.ts";
import type { Plan } from "./compare.ts";
import { scenarios } from "./scenarios.ts";

export const USAGE = `npm run bench -- [options]

Measures this API beside node:http, bare Fastify and a plain handler: CPU, latency, capacity.

  --quick              one round of 1 s at 1 and 64 connections: about 3 minutes instead of 10
  --full               with the same routes in other libraries and languages (peers), and
                       with each of this API's shortcuts taken away (ablation)
  --scenario NAME      this kind of request alone; may be given several times
  --connections LIST   such as 1,64 (default 1,8,64,256)
  --startup            how long the bundle takes to its first answer out of the database
  --carry              what a t4g.micro and a t4g.small carry of everyday visits: about 10
                       minutes; needs k6, and root for control groups
  --docs               write what earlier runs found into docs/performance.md and docs/scale.md;
                       measures nothing
  --out FOLDER         where results are kept (default .data/bench)
  -h, --help           this text

examples
  npm run bench -- --quick
  npm run bench -- --scenario "GET user" --connections 64`;

export interface BenchArguments {
  plan: Plan;
  startup: boolean;
  /** How long each rate is tried, if what an instance carries is measured. */
  carry?: CarryPlan;
  docs: boolean;
  out: string;
}

/**
 * Reads the command line.
 *
 * @throws WrongArgument
 * @example
 * ```ts
 * readArguments(["--quick", "--connections", "64"]).plan.connections; // [64]
 * ```
 */
export function readArguments(args: string[]): BenchArguments {
  const { full, quick, scenario, connections, startup, carry, docs, out } = parse(args);
  const plan: Plan = {
    groups: full ? ["core", "peers", "ablation"] : ["core"],
    scenarios: scenario ?? ALL,
    connections: (connections ?? (quick ? "1,64" : "1,8,64,256")).split(",").map(Number),
    ...(quick ? { rounds: 1, seconds: 1, warmUp: 3 } : { rounds: 3, seconds: 1.5, warmUp: 3 }),
  };
  const unknown = plan.scenarios.find((name) => !ALL.includes(name));
  if (unknown !== undefined)
    throw new WrongArgument(`--scenario is "${unknown}"; allowed are ${ALL.join(", ")}`);
  if (!plan.connections.every((count) => Number.isInteger(count) && count > 0 && count <= 1000))
    throw new WrongArgument(
      `--connections is "${connections}"; it must be whole numbers from 1 to 1000 with commas between them`,
    );
  if ([startup, carry, docs].filter(Boolean).length > 1)
    throw new WrongArgument("--startup, --carry and --docs do not go together");
  const tries = quick ? { seconds: 6, steady: 10 } : { seconds: 12, steady: 40 };
  return { plan, startup, ...(carry && { carry: tries }), docs, out };
}

const ALL = scenarios.map(({ name }) => name);

function parse(args: string[]) {
  const flag = { type: "boolean", default: false } as const;
  return parseCommandLine({
    args,
    options: {
      full: flag,
      quick: flag,
      scenario: { type: "string", multiple: true },
      connections: { type: "string" },
      startup: flag,
      carry: flag,
      docs: flag,
      out: { type: "string", default: ".data/bench" },
    },
  }).values;
}
