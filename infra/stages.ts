/** Every choice that differs between stages. A stage that is not in the table is a personal one. */
import { type Architecture, ArgumentError, architectureOf } from "sst-ec2/helpers";
import { zoneProviders } from "./network/entrance.ts";
import { isOption, problemsOf } from "./stages/checks.ts";
import { type Stage, StageOptions } from "./stages/options.ts";

export type { Stage };

/** What a new on-demand table takes at once. */
const NEW_TABLE = { reads: 12_000, writes: 4000 };

/** Cheap, and quick to deploy and remove, hence without CloudFront: docs/cost.md. */
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
  // #region quotes
  quotes: false,
  databaseStandby: false,
  databaseBackups: "7 days",
  // #endregion quotes
  logs: false,
  monitoring: false,
  alarmEmails: [],
};

/** Two zones, protected and retained. */
const production: Stage = {
  // A micro has a small's two vCPUs with half its memory and CPU baseline: docs/cost.md.
  instances: ["t4g.micro", "t4g.small"],
  min: 2,
  max: 6,
  leastServing: 1,
  // NAT gateways cost more than everything else together: docs/security.md, EC2.9.
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
  // #region quotes
  quotes: false,
  databaseStandby: true,
  databaseBackups: "14 days",
  // #endregion quotes
  logs: true,
  monitoring: true,
  alarmEmails: [],
  // A third above the cost in docs/cost.md: more is a mistake or an attack.
  monthlyBudget: 75,
};

/** Named stages, as differences from a personal one. */
export const stages: Record<string, Partial<Stage>> = {
  prod: production,
  /** For `npm run rehearse`: production's shape, but removable. */
  rehearsal: {
    ...production,
    // This machine's architecture, because it boots here. The emulator's refreshes take one type.
    instances: [process.arch === "arm64" ? "t4g.small" : "t3.small"],
    // Free in an emulator, with more that can go wrong.
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
    quotes: true, // drop: quotes
    alarmEmails: ["ops@example.com", "night@example.com"],
    monthlyBudget: 100,
  },
};

export interface ResolvedStage extends Stage {
  architecture: Architecture;
}

/**
 * The validated choices of a stage.
 * @throws one line that names the option, its value and what is allowed
 */
export function stageOf(name: string): ResolvedStage {
  checkName(name);
  const own = stages[name] ?? {};
  const unknown = Object.keys(own).find((key) => !isOption(key));
  if (unknown) {
    const known = Object.keys(StageOptions.properties).join(", ");
    fail(name, unknown, `is not an option; known are ${known}`);
  }
  const stage: Stage = { ...personal, ...own };
  const [wrong] = problemsOf(stage);
  if (wrong) {
    const value = JSON.stringify(stage[wrong.option]);
    fail(name, wrong.option, `is ${value}; ${wrong.problem}`);
  }
  const architecture = architectureOf(stage.instances[0] as string, "instances");
  return { ...stage, architecture };
}

/** Pulumi's limit for a stack name, which is the stage's. */
const NAME_CHARACTERS = 100;

/** SST already refuses invalid characters. */
function checkName(name: string): void {
  if (name.length <= NAME_CHARACTERS) return;
  throw new ArgumentError(
    `The stage's name has ${name.length} characters; Pulumi takes ${NAME_CHARACTERS}. Choose a shorter one: "${name.slice(0, 20)}…".`,
  );
}

function fail(stage: string, option: string, problem: string): never {
  throw new ArgumentError(`infra/stages.ts: "${option}" of stage "${stage}" ${problem}.`);
}

/**
 * For SST's settings. A stage with an invalid option counts as retained: SST cannot report errors
 * that early, and `run` does right after.
 */
export function isRetained(name: string): boolean {
  try {
    return stageOf(name).retain;
  } catch {
    return true;
  }
}

/** Providers for SST's settings; none for a stage with an invalid option, as above. */
export function providersOf(name: string): Record<string, string> {
  try {
    return zoneProviders(stageOf(name));
  } catch {
    return {};
  }
}
