/** What a stage's options ask of each other, and the limits that the library knows. */
import {
  architectureOf,
  checkInstanceTypes,
  type Duration,
  toSecondsWithin,
} from "sst-ec2/helpers";
import { entranceProblems } from "../network/entrance.ts";
import { pipelineProblem } from "../pipeline/options.ts";
import { type Stage, StageOptions } from "./options.ts";
import { problemOf } from "./schema.ts";

/** Runs after the option's own schema; `undefined` when nothing is wrong. */
type Check<Option extends keyof Stage> = (
  value: NonNullable<Stage[Option]>,
  stage: Stage,
) => string | undefined;

// #region quotes
/** In seconds. */
const DAY = 86_400;
// #endregion quotes

const checks: { [Option in keyof Stage]?: Check<Option> } = {
  instances: (types) =>
    problemThrown(() => checkInstanceTypes(types, architectureOf(types[0] as string, "it"), "it")),
  max: (max, { min }) => (max < min ? `it must not be less than "min" (${min})` : undefined),
  nat: (nat, stage) => {
    if (nat !== "endpoints") return undefined;
    // #region quotes
    if (stage.quotes)
      return 'with "quotes" it must be another: the collector could not reach the market';
    // #endregion quotes
    return stage.telemetry?.endpoint.startsWith("https:")
      ? 'with "telemetry" of another host it must be another: instances could not reach it'
      : undefined;
  },
  ...entranceProblems,
  pipeline: pipelineProblem,
  drain: within(0, 300),
  monthlyBudget: (_, stage) =>
    hasTopic(stage) ? undefined : 'nobody would hear of it without "monitoring" or "alarmEmails"',
  databaseBackups: within(DAY, 35 * DAY), // drop: quotes
};

/** With `monitoring` people may subscribe later, too. */
export function hasTopic({ monitoring, alarmEmails }: Stage): boolean {
  return monitoring || alarmEmails.length > 0;
}

/** In words that follow the option's value. */
export function problemsOf(stage: Stage) {
  const problems = Object.entries(StageOptions.properties).map(([name, schema]) => {
    const option = name as keyof Stage;
    return { option, problem: problemOf(schema, stage[option]) };
  });
  const own = problems.filter(({ problem }) => problem !== undefined);
  // Options are compared once each of them is right by itself.
  return own.length > 0 ? own : dependentProblems(stage);
}

function dependentProblems(stage: Stage) {
  return Object.entries(checks).flatMap(([name, check]) => {
    const option = name as keyof Stage;
    const value = stage[option];
    // Each check takes its own option's value.
    const problem =
      value === undefined ? undefined : (check as Check<never>)(value as never, stage);
    return problem === undefined ? [] : [{ option, problem }];
  });
}

/** Whether a stage could be deployed with these choices. */
export function isPossible(stage: Stage): boolean {
  return problemsOf(stage).length === 0;
}

export function isOption(name: string): name is keyof Stage {
  return name in StageOptions.properties;
}

function within(least: number, most: number) {
  return (value: Duration) => problemThrown(() => toSecondsWithin(value, "it", [least, most]));
}

/** What a check of the library throws, without the option and its value before the semicolon. */
function problemThrown(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return (error as Error).message.split("; ").slice(1).join("; ").replace(/\.$/, "");
  }
}
