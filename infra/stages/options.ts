/** What a stage may choose; what options ask of each other is in `checks.ts`. */
import { type Static, Type } from "@sinclair/typebox";
import type { Duration } from "sst-ec2/helpers";
import { EntranceOptions } from "../network/entrance.ts";
import { PipelineOptions } from "../pipeline/options.ts";
import { Flag, Options, Whole } from "./schema.ts";

/** CloudWatch Logs takes no other days. */
const RETENTION_DAYS = [3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 731, 1827, 3653];

/** A length of time; its limits are in `checks.ts`. */
const Span = () => Type.Unsafe<Duration>(Type.String());

/** Where metrics and traces go: docs/telemetry.md. */
const Telemetry = Options(
  {
    /** OTLP collector (HTTP, JSON): an agent on the instance, or HTTPS elsewhere. */
    endpoint: Type.String({
      pattern: "^(http://(127\\.0\\.0\\.1|localhost)(:\\d+)?|https://[^\\s:/?#]+)(/\\S*)?$",
    }),
    /** Share of the requests to trace, 0 to 1. */
    traces: Type.Number({ minimum: 0, maximum: 1 }),
  },
  'it must be like { endpoint: "http://127.0.0.1:4318", traces: 0.01 }, elsewhere by https, ' +
    "with traces from 0 to 1",
);

export const StageOptions = Type.Object({
  /** EC2 instance types of one architecture, in order of preference. */
  instances: Type.Unsafe<readonly string[]>(
    Type.Array(Type.String(), { minItems: 1, rule: "it must be a list of EC2 instance types" }),
  ),
  /** Fewest instances. */
  min: Whole(1, 100),
  /** Most instances. */
  max: Whole(1, 100),
  /**
   * How many instances must serve during a deploy when the vCPU quota has no room for one more.
   * With 0, a service of one instance is interrupted; otherwise the deploy is refused.
   */
  leastServing: Whole(0, 100),
  /**
   * Spot instances, at less than half the price and two minutes' notice: as `capacity` of
   * `Service`. @default on demand
   */
  spot: Type.Optional(
    Options(
      {
        base: Type.Integer({ minimum: 0 }),
        percent: Type.Integer({ minimum: 1, maximum: 100 }),
      },
      'it must have a "percent" from 1 to 100 and a "base" of 0 or more, both whole numbers',
    ),
  ),
  /**
   * How instances reach AWS's APIs. `"none"`: from public subnets that accept only the balancer.
   * Others are private: `"ec2"` and `"managed"` have NAT, `"endpoints"` no internet at all.
   */
  nat: Type.Union(
    [Type.Literal("none"), Type.Literal("ec2"), Type.Literal("managed"), Type.Literal("endpoints")],
    { rule: 'it must be "none", "ec2", "managed" or "endpoints"' },
  ),
  ...EntranceOptions.properties,
  /** Serve Swagger UI and the OpenAPI document. */
  docs: Flag(),
  /** Keep tables and buckets when the stage is removed, and refuse `sst remove`. */
  retain: Flag(),
  /**
   * Capacity units a second of each table and index; DynamoDB throttles the rest (503). The default
   * costs at worst $9 of writes and $5.40 of reads an hour and table.
   */
  tableCeiling: Options(
    {
      reads: Type.Integer({ minimum: 1, maximum: 40_000 }),
      writes: Type.Integer({ minimum: 1, maximum: 40_000 }),
    },
    'it must have "reads" and "writes" a second, whole numbers from 1 to 40000',
  ),
  /** Refuse to delete the tables and the balancer. */
  deletionProtection: Flag(),
  /** How long an instance serves on after it was told to stop; 0 to 300 seconds. */
  drain: Span(),
  /** Instance metrics every minute instead of every five. */
  detailedMonitoring: Flag(),
  /** Record the balancer's requests in a bucket. */
  accessLogs: Flag(),
  /** Record the network's connections in CloudWatch Logs. */
  flowLogs: Flag(),
  /** How long logs are kept. */
  logRetention: Type.Unsafe<Duration>(
    Type.String({
      pattern: `^(${RETENTION_DAYS.join("|")}) days$`,
      rule: `it must be ${RETENTION_DAYS.join(", ")} "days"`,
    }),
  ),
  /** Deploys the stage on each push to a branch. @default none */
  pipeline: Type.Optional(PipelineOptions),
  /**
   * What one client may do: registrations from an address in 15 minutes, changes by a user in a
   * minute. Raise them for a load test. @default the API's own, 50 and 600
   */
  clientLimits: Type.Optional(
    Options(
      {
        registrations: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
        userWrites: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
      },
      'it may have "registrations" and "userWrites", whole numbers from 1 to 1000000',
    ),
  ),
  /** Metrics and traces of the API's requests. @default none */
  telemetry: Type.Optional(Telemetry),
  /** Send logs to CloudWatch Logs; otherwise they stay in the instances' journals. */
  logs: Flag(),
  /** Alarms and a dashboard; without it there are only the two alarms that guard rollouts. */
  monitoring: Flag(),
  /** Receive alarms; each owner confirms once. */
  alarmEmails: Type.Unsafe<readonly string[]>(
    Type.Array(Type.String({ pattern: "^[^\\s@]+@[^\\s@]+\\.[^\\s@]+$" }), {
      uniqueItems: true,
      rule: "it must be a list of different e-mail addresses",
    }),
  ),
  /** US dollars a month before a message says so. @default not watched */
  monthlyBudget: Type.Optional(
    Type.Number({ minimum: 1, rule: "it must be a number of US dollars, 1 or more" }),
  ),
  // #region quotes
  /** Deploy the quotes collector and its database; `sst dev` always runs both. */
  quotes: Flag(),
  /** Keep a standby of the database in another zone, which doubles its price. */
  databaseStandby: Flag(),
  /** How far back the database can be restored to any second; 1 to 35 days. */
  databaseBackups: Span(),
  // #endregion quotes
});

export type Stage = Static<typeof StageOptions>;
