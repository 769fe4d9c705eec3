import { type Stage, stages } from "../../../infra/stages.ts";

/** A stage that a user would want: how it differs from a personal one, and its region. */
export interface Shape {
  choices: Partial<Stage>;
  /** @default the rehearsal's */
  region?: string;
}

/** The account's hosted zone, which contains the shapes' domains. */
export const ZONE = "example.com";

const T4G = ["t4g.micro"];
const SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:git-token-AbCdEf";
const CONNECTION =
  "arn:aws:codeconnections:us-east-1:123456789012:connection/0a1b2c3d-0000-4000-8000-000000000000";

const CERTIFICATE =
  "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-0000-4000-8000-000000000000";

const repository = { repository: "example/steadfast", branch: "main" };

const watched: Partial<Stage> = {
  detailedMonitoring: true,
  accessLogs: true,
  flowLogs: true,
  logs: true,
  monitoring: true,
};

const production = stages.prod ?? {};

/** Everything that `infra/stages.ts` can express and a user would try; the provider plans each. */
export const SHAPES = {
  personal: { choices: {} },
  "nat ec2": { choices: { nat: "ec2" } },
  "nat managed": { choices: { nat: "managed" } },
  endpoints: { choices: { nat: "endpoints" } },
  "endpoints, watched": { choices: { nat: "endpoints", ...watched } },
  quotes: { choices: { quotes: true } }, // drop: quotes
  "quotes, nat ec2": { choices: { quotes: true, nat: "ec2" } }, // drop: quotes
  // #region quotes
  "quotes, nat managed, standby": {
    choices: { quotes: true, nat: "managed", databaseStandby: true, databaseBackups: "35 days" },
  },
  // #endregion quotes
  x64: { choices: { instances: ["t3.micro"] } },
  "several types": { choices: { instances: [...T4G, "t4g.small", "m7g.medium"], max: 4 } },
  spot: { choices: { spot: { base: 0, percent: 100 } } },
  "spot, several types": {
    choices: { instances: [...T4G, "t4g.small"], min: 2, max: 4, spot: { base: 1, percent: 50 } },
  },
  // #region quotes
  "spot, x64, quotes": {
    choices: { instances: ["t3.micro"], spot: { base: 0, percent: 100 }, quotes: true },
  },
  // #endregion quotes
  domain: { choices: { domain: `api.${ZONE}` } },
  "domain of the zone itself, endpoints": { choices: { domain: ZONE, nat: "endpoints" } },
  "domain, CloudFront, protected": {
    choices: { domain: `api.${ZONE}`, edge: true, deletionProtection: true },
  },
  "domain, protected": { choices: { domain: `api.${ZONE}`, deletionProtection: true } },
  CloudFront: { choices: { edge: true } },
  "CloudFront, endpoints": { choices: { edge: true, nat: "endpoints" } },
  "certificate of one's own": { choices: { domain: "api.example.org", certificate: CERTIFICATE } },
  "plain HTTP on a stage that is kept": { choices: { ...production, http: true } },
  watched: { choices: watched },
  "watched, told and budgeted": {
    choices: { ...watched, alarmEmails: ["ops@example.com"], monthlyBudget: 50 },
  },
  "told, not watched": { choices: { alarmEmails: ["ops@example.com", "night@example.com"] } },
  "access logs alone": { choices: { accessLogs: true, logRetention: "3653 days" } },
  "flow logs alone": { choices: { flowLogs: true } },
  "logs alone": { choices: { logs: true } },
  telemetry: { choices: { telemetry: { endpoint: "https://otel.example.com", traces: 0.1 } } },
  "one instance, no drain": { choices: { min: 1, max: 1, drain: "0 seconds" } },
  "pipeline, new connection": {
    choices: { pipeline: { ...repository, source: { connection: "new" } } },
  },
  "pipeline, connection of GitLab, approval": {
    choices: {
      pipeline: {
        ...repository,
        provider: "GitLab",
        source: { connection: CONNECTION },
        paths: { includes: ["packages/**"], excludes: ["docs/**"] },
        approval: true,
      },
    },
  },
  "pipeline, the account's credential": {
    choices: { pipeline: { ...repository, source: { credential: "account" } } },
  },
  "pipeline, a secret for Bitbucket": {
    choices: { pipeline: { ...repository, provider: "Bitbucket", source: { secret: SECRET } } },
  },
  "ceilings of its own, no docs": {
    choices: { tableCeiling: { reads: 40_000, writes: 40_000 }, docs: false },
  },
  production: { choices: production },
  // #region quotes
  "production, quotes, nat managed, domain": {
    choices: { ...production, quotes: true, nat: "managed", domain: `api.${ZONE}` },
  },
  // #endregion quotes
  "another region": { choices: watched, region: "eu-central-1" },
} satisfies Record<string, Shape>;

export type ShapeName = keyof typeof SHAPES;

/**
 * Sequences of shapes that differ in kind. Each shape is deployed twice to one stage, the second
 * time without a change, and the last one is removed. A shape that returns gets back what it had.
 */
export const LIVES: Record<string, ShapeName[]> = {
  network: ["personal", "nat managed", "personal", "nat ec2", "endpoints", "nat ec2"],
  instances: ["personal", "x64", "personal", "spot", "several types", "spot, several types"],
  quotes: ["quotes", "personal", "quotes, nat ec2"], // drop: quotes
  domain: ["domain", "personal", "domain"],
  entrance: [
    "personal",
    "CloudFront",
    "domain, CloudFront, protected",
    "domain, protected",
    "personal",
  ],
  watching: ["watched, told and budgeted", "told, not watched", "watched"],
  pipeline: [
    "pipeline, new connection",
    "pipeline, the account's credential",
    "pipeline, a secret for Bitbucket",
    "personal",
  ],
  region: ["another region"],
};
