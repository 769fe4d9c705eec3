/**
 * Every choice that differs between stages, in one table. A stage that is not in it is somebody's
 * personal one and gets the cheap defaults. Wrong values stop here, before anything is created.
 */
import {
  type Architecture,
  ArgumentError,
  architectureOf,
  checkInstanceTypes,
  type Duration,
  toSecondsWithin,
} from "sst-ec2/helpers";
import { type EntranceOptions, entranceProblems, zoneProviders } from "./entrance.ts";
import { type PipelineOptions, pipelineProblem } from "./pipeline/options.ts";

/** What a stage decides. How clients come in is in {@link EntranceOptions}. */
export interface Stage extends EntranceOptions {
  /**
   * EC2 instance types, the most wanted first; all of one architecture. More than one lets the group
   * take the next when AWS is short of the first.
   */
  instances: readonly string[];
  /** Least instances. */
  min: number;
  /** Most instances. */
  max: number;
  /**
   * How many instances must serve during a deploy even where the account's vCPU quota has no room for
   * one more: with 0 a service of one instance is interrupted then, else the deploy is refused.
   */
  leastServing: number;
  /**
   * Spot instances, for less than half the price, that AWS may take away at two minutes' notice: as
   * `spot` of `Asg`. On demand without it.
   */
  spot?: { base: number; percent: number };
  /**
   * How instances reach AWS's APIs. `"none"` puts them into public subnets, reachable from the
   * balancer alone. `"ec2"` and `"managed"` put them into private subnets. So does `"endpoints"`,
   * which lets them reach the AWS services they use and nothing else: no internet at all.
   */
  nat: "none" | "ec2" | "managed" | "endpoints";
  /** Serve Swagger UI and the OpenAPI document at `/docs`. */
  docs: boolean;
  /** Keep tables and buckets when the stage is removed, and refuse `sst remove`. */
  retain: boolean;
  /**
   * Units of capacity that each table, and each of its indexes, takes a second at most; what is asked
   * beyond is throttled (503). By default as many as a new table on demand takes at once: at worst
   * $9 of writes and $5.40 of reads an hour and table.
   */
  tableCeiling: { reads: number; writes: number };
  /** Refuse to delete the tables and the balancer. */
  deletionProtection: boolean;
  /** How long an instance serves on after it was told to stop; 0 to 300 seconds. */
  drain: Duration;
  /** Metrics of an instance every minute instead of every five. */
  detailedMonitoring: boolean;
  /** Record the balancer's requests in a bucket. */
  accessLogs: boolean;
  /** Record the network's connections in CloudWatch Logs. */
  flowLogs: boolean;
  /** How long logs are kept. */
  logRetention: Duration;
  /** Deploy the stage by a pipeline on each push to a branch; none without it. */
  pipeline?: PipelineOptions;
  /**
   * What one client may do: registrations from an address in 15 minutes, changes by a user in a minute,
   * each counted in each process. The API's own defaults (50 and 600) without it; more for a load test,
   * which comes from one address.
   */
  clientLimits?: { registrations?: number; userWrites?: number };
  /** Metrics and traces of the API's requests; without it none are made, and nothing is paid. */
  telemetry?: Telemetry;
  /** Send what the API logs to CloudWatch Logs; else it stays in the instances' journals. */
  logs: boolean;
  /** Alarms on what can break, and a dashboard. Without it two alarms guard rollouts, nothing else. */
  monitoring: boolean;
  /** E-mail addresses that alarms go to; each owner confirms once. Nobody is told without. */
  alarmEmails: readonly string[];
  /** US dollars that the stage may cost in a month before a message says so; not watched without it. */
  monthlyBudget?: number;
  /**
   * Deploy the quotes collector and its database; `npm run cost` says for how much. Without it there
   * is nothing of them, and nothing is paid. In `sst dev` both run on this machine anyway.
   */
  quotes: boolean;
  /** Keep a standby of the quotes' database in another zone, which doubles its price. */
  databaseStandby: boolean;
  /** How far back the quotes' database can be restored to any second; 1 to 35 days. */
  databaseBackups: Duration;
}

/** Where metrics and traces go; docs/telemetry.md says what they cost. */
export interface Telemetry {
  /**
   * Base URL of an OTLP collector (HTTP, JSON): an agent on the instance, such as
   * `http://127.0.0.1:4318`, or one elsewhere by HTTPS.
   */
  endpoint: string;
  /** Share of the requests that are traced, 0 to 1. */
  traces: number;
}

/** What a new table on demand takes at once. */
const NEW_TABLE = { reads: 12_000, writes: 4000 };

/**
 * A personal stage: cheap, and quick to deploy and to remove, which is why it has no edge. What stages
 * cost is in docs/cost.md.
 */
const personal: Stage = {
  instances: ["t4g.micro"],
  min: 1,
  max: 2,
  leastServing: 0,
  nat: "none",
  docs: true,
  retain: false,
  tableCeiling: NEW_TABLE,
  deletionProtection: false,
  drain: "10 seconds",
  detailedMonitoring: false,
  accessLogs: false,
  flowLogs: false,
  logRetention: "7 days",
  quotes: false,
  databaseStandby: false,
  databaseBackups: "7 days",
  logs: false,
  monitoring: false,
  alarmEmails: [],
};

/** Production: two zones, protected and kept. */
const production: Stage = {
  // A micro has the two vCPUs of a small, half its memory and half its baseline of CPU, and keeps
  // production below the bill of the system it replaces: docs/cost.md.
  instances: ["t4g.micro", "t4g.small"],
  min: 2,
  max: 6,
  leastServing: 1,
  // Gateways cost more than everything else together, see docs/security.md, EC2.9.
  nat: "none",
  docs: true,
  retain: true,
  tableCeiling: NEW_TABLE,
  deletionProtection: true,
  drain: "30 seconds",
  detailedMonitoring: true,
  accessLogs: true,
  flowLogs: true,
  logRetention: "90 days",
  quotes: false,
  databaseStandby: true,
  databaseBackups: "14 days",
  logs: true,
  monitoring: true,
  alarmEmails: [],
  // A third above what it costs by docs/cost.md: more is a mistake or an attack.
  monthlyBudget: 75,
};

/** Stages with a name of their own, by their differences from a personal stage. */
export const stages: Record<string, Partial<Stage>> = {
  prod: production,
  /** What `npm run rehearse` deploys to the emulator: production's shape, but removable. */
  rehearsal: {
    ...production,
    // Of the machine's own architecture, because it boots there; one type, because the emulator's
    // instance refreshes know no group of several.
    instances: [process.arch === "arm64" ? "t4g.small" : "t3.small"],
    // What an emulator costs nothing for, and has more to go wrong.
    nat: "managed",
    retain: false,
    edge: true,
    deletionProtection: false,
    pipeline: {
      repository: "example/steadfast",
      branch: "main",
      source: { connection: "new" },
      paths: { excludes: ["docs/**", "**/*.md"] },
      approval: true,
    },
    quotes: true,
    alarmEmails: ["ops@example.com", "night@example.com"],
    monthlyBudget: 100,
  },
};

/** A stage with what follows from its choices. */
export interface ResolvedStage extends Stage {
  architecture: Architecture;
}

/**
 * The choices of a stage, checked.
 *
 * @param name The stage's name.
 * @throws One line that names the option, its value and what is allowed.
 *
 * @example
 * ```ts
 * stageOf("prod").max; // 6
 * ```
 */
export function stageOf(name: string): ResolvedStage {
  checkName(name);
  const own = stages[name] ?? {};
  const unknown = Object.keys(own).find((key) => !(key in checks));
  if (unknown) fail(name, unknown, `is not an option; known are ${Object.keys(checks).join(", ")}`);
  const stage: Stage = { ...personal, ...own };
  const [wrong] = problemsOf(stage);
  if (wrong) {
    const value = stage[wrong.option as keyof Stage];
    fail(name, wrong.option, `is ${JSON.stringify(value)}; ${wrong.problem}`);
  }
  const architecture = architectureOf(stage.instances[0] as string, "instances");
  return { ...stage, architecture };
}

/** The most that Pulumi takes for a stack, as which it knows a stage. */
const NAME_CHARACTERS = 100;

/** SST refuses other characters by itself. */
function checkName(name: string): void {
  if (name.length <= NAME_CHARACTERS) return;
  throw new ArgumentError(
    `The stage's name has ${name.length} characters; Pulumi takes ${NAME_CHARACTERS}. Choose a shorter one: "${name.slice(0, 20)}…".`,
  );
}

/** In seconds. */
const DAY = 86_400;

/** Whether the stage has a topic for alarms: with `monitoring` people may subscribe later, too. */
export function hasTopic({ monitoring, alarmEmails }: Stage): boolean {
  return monitoring || alarmEmails.length > 0;
}

/** What CloudWatch Logs allows. */
const RETENTION_DAYS = [3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 731, 1827, 3653];

type Check = (value: unknown, stage: Stage) => string | undefined;

const isBoolean: Check = (value) =>
  typeof value === "boolean" ? undefined : "it must be true or false";
const isWhole = (value: unknown, least: number, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
const isCount: Check = (value) =>
  isWhole(value, 1, 100) ? undefined : "it must be a whole number from 1 to 100";
const isSpot = ({ base, percent }: NonNullable<Stage["spot"]>): boolean =>
  isWhole(base, 0, Number.MAX_SAFE_INTEGER) && isWhole(percent, 1, 100);
const isCeiling = ({ reads, writes }: Partial<Stage["tableCeiling"]> = {}): boolean =>
  isWhole(reads, 1, 40_000) && isWhole(writes, 1, 40_000);
const isClientLimit = ([name, value]: [string, unknown]): boolean =>
  ["registrations", "userWrites"].includes(name) && isWhole(value, 1, 1_000_000);
const within =
  (least: number, most: number): Check =>
  (value) =>
    problemOf(() => toSecondsWithin(value as Duration, "it", [least, most]));

const checks: Record<keyof Stage, Check> = {
  instances: (value) =>
    Array.isArray(value) && value.length > 0
      ? problemOf(() => checkInstanceTypes(value, architectureOf(value[0], "it"), "it"))
      : "it must be a list of EC2 instance types",
  min: isCount,
  max: (value, stage) =>
    isCount(value, stage) ??
    (stage.max < stage.min ? `it must not be less than "min" (${stage.min})` : undefined),
  leastServing: (value) =>
    isWhole(value, 0, 100) ? undefined : "it must be a whole number from 0 to 100",
  spot: (value) =>
    value === undefined || isSpot(value as NonNullable<Stage["spot"]>)
      ? undefined
      : 'it must have a "percent" from 1 to 100 and a "base" of 0 or more, both whole numbers',
  nat: (value, { quotes, telemetry }) => {
    if (!["none", "ec2", "managed", "endpoints"].includes(value as string))
      return 'it must be "none", "ec2", "managed" or "endpoints"';
    if (value !== "endpoints") return undefined;
    if (quotes) return 'with "quotes" it must be another: the collector could not reach the market';
    return telemetry?.endpoint?.startsWith("https:")
      ? 'with "telemetry" of another host it must be another: instances could not reach it'
      : undefined;
  },
  ...entranceProblems,
  docs: isBoolean,
  retain: isBoolean,
  tableCeiling: (value) =>
    isCeiling(value as Partial<Stage["tableCeiling"]> | undefined)
      ? undefined
      : 'it must have "reads" and "writes" a second, whole numbers from 1 to 40000',
  deletionProtection: isBoolean,
  drain: within(0, 300),
  detailedMonitoring: isBoolean,
  accessLogs: isBoolean,
  flowLogs: isBoolean,
  logRetention: (value) =>
    RETENTION_DAYS.some((days) => value === `${days} days`)
      ? undefined
      : `it must be ${RETENTION_DAYS.join(", ")} "days"`,
  logs: isBoolean,
  monitoring: isBoolean,
  alarmEmails: (value) =>
    Array.isArray(value) &&
    value.every((each) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(each)) &&
    new Set(value).size === value.length
      ? undefined
      : "it must be a list of different e-mail addresses",
  clientLimits: (value) =>
    value === undefined || Object.entries(value as object).every(isClientLimit)
      ? undefined
      : 'it may have "registrations" and "userWrites", whole numbers from 1 to 1000000',
  telemetry: (value) =>
    value === undefined || isTelemetry(value as Telemetry)
      ? undefined
      : 'it must be like { endpoint: "http://127.0.0.1:4318", traces: 0.01 }, elsewhere by https, ' +
        "with traces from 0 to 1",
  pipeline: pipelineProblem,
  monthlyBudget: (value, stage) => {
    if (value === undefined) return undefined;
    if (!(Number.isFinite(value) && (value as number) >= 1))
      return "it must be a number of US dollars, 1 or more";
    return hasTopic(stage)
      ? undefined
      : 'nobody would hear of it without "monitoring" or "alarmEmails"';
  },
  quotes: isBoolean,
  databaseStandby: isBoolean,
  databaseBackups: within(DAY, 35 * DAY),
};

/** Whether it can be; what leaves the instance is encrypted, and the network lets nothing else out. */
function isTelemetry({ endpoint, traces }: Partial<Telemetry>): boolean {
  const url = URL.parse(String(endpoint));
  const local = url?.protocol === "http:" && ["127.0.0.1", "localhost"].includes(url.hostname);
  return (
    (local || (url?.protocol === "https:" && url.port === "")) &&
    typeof traces === "number" &&
    traces >= 0 &&
    traces <= 1
  );
}

/** What is wrong with a stage's choices, each in words that follow its value. */
function problemsOf(stage: Stage) {
  return Object.entries(checks).flatMap(([option, check]) => {
    const problem = check(stage[option as keyof Stage], stage);
    return problem ? [{ option, problem }] : [];
  });
}

/** Whether a stage could be deployed with these choices. */
export function isPossible(stage: Stage): boolean {
  return problemsOf(stage).length === 0;
}

/** Whether stages have a choice of this name. */
export function isOption(name: string): name is keyof Stage {
  return name in checks;
}

function problemOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    // Which option it is, and its value, stand before the semicolon; `fail` says that better.
    return (error as Error).message.split("; ").slice(1).join("; ").replace(/\.$/, "");
  }
}

function fail(stage: string, option: string, problem: string): never {
  throw new ArgumentError(`infra/stages.ts: "${option}" of stage "${stage}" ${problem}.`);
}

/**
 * Whether a stage is kept, for SST's own settings. A stage with a wrong option counts as one to keep:
 * SST cannot show errors of that early moment, and `run` stops with the error right after.
 */
export function isRetained(name: string): boolean {
  try {
    return stageOf(name).retain;
  } catch {
    return true;
  }
}

/** What else a stage needs of SST, for its own settings; nothing with a wrong option, as above. */
export function providersOf(name: string): Record<string, string> {
  try {
    return zoneProviders(stageOf(name));
  } catch {
    return {};
  }
}
