/**
 * Every choice that differs between stages, in one table. A stage that is not in it is somebody's
 * personal one and gets the cheap defaults. Wrong values stop here, before anything is created.
 */
import { ArgumentError } from "./components/argument-error.ts";
import { type Duration, toSecondsWithin } from "./components/duration.ts";
import {
  type Architecture,
  architectureOf,
  checkInstanceTypes,
} from "./components/instance-type.ts";

/** What a stage decides. */
export interface Stage {
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
   * How instances reach AWS's APIs. `"none"` puts them into public subnets, reachable from the
   * balancer alone. `"ec2"` and `"managed"` put them into private subnets.
   */
  nat: "none" | "ec2" | "managed";
  /** Domain of the API, in a Route 53 zone of this account; HTTP only without one. */
  domain?: string;
  /** Keep tables and buckets when the stage is removed, and refuse `sst remove`. */
  retain: boolean;
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
  /** Where alarms are sent; nobody is told without it. */
  alarmEmail?: string;
  /**
   * Deploy the quotes collector and its database, for about $25 a month in a personal stage. Without
   * it there is nothing of them, and nothing is paid. In `sst dev` both run on this machine anyway.
   */
  quotes: boolean;
  /** Keep a standby of the quotes' database in another zone, for about $14 a month. */
  databaseStandby: boolean;
  /** How far back the quotes' database can be restored to any second; 1 to 35 days. */
  databaseBackups: Duration;
}

/** A personal stage: about $35 a month while it is deployed, nothing but its tables in `sst dev`. */
const personal: Stage = {
  instances: ["t4g.micro"],
  min: 1,
  max: 2,
  nat: "none",
  retain: false,
  deletionProtection: false,
  drain: "10 seconds",
  detailedMonitoring: false,
  accessLogs: false,
  flowLogs: false,
  logRetention: "7 days",
  quotes: false,
  databaseStandby: false,
  databaseBackups: "7 days",
};

/** Production: about $128 a month, and what its use costs. */
const production: Stage = {
  instances: ["t4g.small", "t4g.medium"],
  min: 2,
  max: 6,
  nat: "managed",
  retain: true,
  deletionProtection: true,
  drain: "30 seconds",
  detailedMonitoring: true,
  accessLogs: true,
  flowLogs: true,
  logRetention: "90 days",
  // `quotes: true` would make it about $36 more.
  quotes: false,
  databaseStandby: true,
  databaseBackups: "14 days",
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
    retain: false,
    deletionProtection: false,
    quotes: true,
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
  const own = stages[name] ?? {};
  const unknown = Object.keys(own).find((key) => !(key in checks));
  if (unknown) fail(name, unknown, `is not an option; known are ${Object.keys(checks).join(", ")}`);
  const stage: Stage = { ...personal, ...own };
  for (const [option, check] of Object.entries(checks)) {
    const problem = check(stage[option as keyof Stage], stage);
    if (problem)
      fail(name, option, `is ${JSON.stringify(stage[option as keyof Stage])}; ${problem}`);
  }
  const architecture = architectureOf(stage.instances[0] as string, "instances");
  return { ...stage, architecture };
}

/** In seconds. */
const DAY = 86_400;

/** What CloudWatch Logs allows. */
const RETENTION_DAYS = [3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 731, 1827, 3653];

type Check = (value: unknown, stage: Stage) => string | undefined;

const isBoolean: Check = (value) =>
  typeof value === "boolean" ? undefined : "it must be true or false";
const isCount: Check = (value) =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 100
    ? undefined
    : "it must be a whole number from 1 to 100";
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
  nat: (value) =>
    ["none", "ec2", "managed"].includes(value as string)
      ? undefined
      : 'it must be "none", "ec2" or "managed"',
  domain: (value) =>
    value === undefined ||
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/.test(value as string)
      ? undefined
      : 'it must be a domain name such as "api.example.com"',
  retain: isBoolean,
  deletionProtection: isBoolean,
  drain: within(0, 300),
  detailedMonitoring: isBoolean,
  accessLogs: isBoolean,
  flowLogs: isBoolean,
  logRetention: (value) =>
    RETENTION_DAYS.some((days) => value === `${days} days`)
      ? undefined
      : `it must be ${RETENTION_DAYS.join(", ")} "days"`,
  alarmEmail: (value) =>
    value === undefined || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value as string)
      ? undefined
      : "it must be an e-mail address",
  quotes: isBoolean,
  databaseStandby: isBoolean,
  databaseBackups: within(DAY, 35 * DAY),
};

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
