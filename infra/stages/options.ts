/** What a stage may choose, as a schema; what options ask of each other is in `checks.ts`. */
import { type Static, Type } from "@sinclair/typebox";
import type { Duration } from "sst-ec2/helpers";
import { EntranceOptions } from "../network/entrance.ts";
import { PipelineOptions } from "../pipeline/options.ts";
import { Flag, Options, Whole } from "./schema.ts";

/** Days for which CloudWatch Logs can keep a log. */
const RETENTION_DAYS = [3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 731, 1827, 3653];

/** A length of time; its limits are in `checks.ts`. */
const Span = () => Type.Unsafe<Duration>(Type.String());

/** Where metrics and traces go; docs/telemetry.md says what they cost. */
const Telemetry = Options(
  {
    /**
     * Base URL of an OTLP collector (HTTP, JSON): an agent on the instance, such as
     * `http://127.0.0.1:4318`, or an HTTPS address elsewhere.
     */
    endpoint: Type.String({
      pattern: "^(http://(127\\.0\\.0\\.1|localhost)(:\\d+)?|https://[^\\s:/?#]+)(/\\S*)?$",
    }),
    /** Share of the requests to trace, 0 to 1. */
    traces: Type.Number({ minimum: 0, maximum: 1 }),
  },
  'it must be like { endpoint: "http://127.0.0.1:4318", traces: 0.01 }, elsewhere by https, ' +
    "with traces from 0 to 1",
);

/** Every option of a stage. How clients come in is in {@link EntranceOptions}. */
export const StageOptions = Type.Object({
  /**
   * EC2 instance types in order of preference, all of one architecture. When AWS is short of the first,
   * the group takes the next.
   */
  instances: Type.Unsafe<readonly string[]>(
    Type.Array(Type.String(), { minItems: 1, rule: "it must be a list of EC2 instance types" }),
  ),
  /** Fewest instances. */
  min: Whole(1, 100),
  /** Most instances. */
  max: Whole(1, 100),
  /**
   * How many instances must serve during a deploy when the account's vCPU quota has no room for one
   * more. With 0, a service of one instance is interrupted; otherwise the deploy is refused.
   */
  leastServing: Whole(0, 100),
  /**
   * Spot instances, for less than half the price, which AWS may take away at two minutes' notice: as
   * `capacity` of `Service`. @default on demand
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
   * How instances reach AWS's APIs. `"none"` puts them into public subnets that accept only the
   * balancer. `"ec2"` and `"managed"` put them into private subnets. So does `"endpoints"`, which
   * reaches the AWS services that they use and has no internet at all.
   */
  nat: Type.Union(
    [Type.Literal("none"), Type.Literal("ec2"), Type.Literal("managed"), Type.Literal("endpoints")],
    { rule: 'it must be "none", "ec2", "managed" or "endpoints"' },
  ),
  ...EntranceOptions.properties,
  /** Serve Swagger UI and the OpenAPI document at `/docs`. */
  docs: Flag(),
  /** Keep tables and buckets when the stage is removed, and refuse `sst remove`. */
  retain: Flag(),
  /**
   * Capacity units a second that each table, and each of its indexes, may use; DynamoDB throttles the
   * rest (503). The default is what a new on-demand table takes at once: at worst $9 of writes and
   * $5.40 of reads an hour and table.
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
  /** How long an instance keeps serving after it was told to stop; 0 to 300 seconds. */
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
  /** Pipeline that deploys the stage on each push to a branch. @default none */
  pipeline: Type.Optional(PipelineOptions),
  /**
   * What one client may do: registrations from an address in 15 minutes, changes by a user in a minute,
   * counted by each process. Raise them for a load test, which comes from one address.
   * @default the API's own, 50 and 600
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
  /** Metrics and traces of the API's requests. @default none, at no cost */
  telemetry: Type.Optional(Telemetry),
  /** Send the API's log to CloudWatch Logs; otherwise it stays in the instances' journals. */
  logs: Flag(),
  /** Alarms and a dashboard. Without it there are only the two alarms that guard rollouts. */
  monitoring: Flag(),
  /** E-mail addresses that receive alarms; each owner confirms once. */
  alarmEmails: Type.Unsafe<readonly string[]>(
    Type.Array(Type.String({ pattern: "^[^\\s@]+@[^\\s@]+\\.[^\\s@]+$" }), {
      uniqueItems: true,
      rule: "it must be a list of different e-mail addresses",
    }),
  ),
  /** US dollars that the stage may cost in a month before a message says so. @default not watched */
  monthlyBudget: Type.Optional(
    Type.Number({ minimum: 1, rule: "it must be a number of US dollars, 1 or more" }),
  ),
  // #region quotes
  /**
   * Deploy the quotes collector and its database; `npm run cost` says for how much. `sst dev` always
   * runs both on this machine.
   */
  quotes: Flag(),
  /** Keep a standby of the quotes' database in another zone, which doubles its price. */
  databaseStandby: Flag(),
  /** How far back the quotes' database can be restored to any second; 1 to 35 days. */
  databaseBackups: Span(),
  // #endregion quotes
});

/** What a stage decides. */
export type Stage = Static<typeof StageOptions>;
