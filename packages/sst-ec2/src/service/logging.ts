/** A service's log group, and the agent that sends its log and its memory usage. */
import { agentConfig } from "../boot/agent.ts";
import { ArgumentError } from "../sst/argument-error.ts";
import { type Duration, toSeconds } from "../sst/duration.ts";
import type { Permission } from "../sst/link.ts";
import { transform } from "../sst/transform.ts";
import type { ServiceArgs } from "./args.ts";

/** How long CloudWatch keeps logs, in SST's words, and in days. */
const RETENTION = {
  "1 day": 1,
  "3 days": 3,
  "5 days": 5,
  "1 week": 7,
  "2 weeks": 14,
  "1 month": 30,
  "2 months": 60,
  "3 months": 90,
  "4 months": 120,
  "5 months": 150,
  "6 months": 180,
  "1 year": 365,
  "13 months": 400,
  "18 months": 545,
  "2 years": 731,
  "3 years": 1096,
  "5 years": 1827,
  "6 years": 2192,
  "7 years": 2557,
  "8 years": 2922,
  "9 years": 3288,
  "10 years": 3653,
  forever: 0,
} as const;

/** Where the service's log goes, and for how long. */
export interface ServiceLogging {
  /**
   * How long CloudWatch keeps a line: SST's words, or one of the numbers of days that CloudWatch takes.
   * @default `"1 month"`
   * @example
   * ```js
   * { retention: "3 months" }
   * ```
   */
  retention?: keyof typeof RETENTION | Duration;
  /**
   * Name of the log group. The policies that `npx sst-ec2 policy` prints know the app's own, which begin
   * with `/<app>/`.
   * @default `"/<app>/<stage>/<service>"`, in lower case where it is the service.
   * @example
   * ```js
   * { name: "/shop/production/api" }
   * ```
   */
  name?: $util.Input<string>;
}

/** What logging and metrics are to be, checked. */
export interface LoggingSettings {
  /** Undefined where the log stays on the instances. */
  logging: { days: number; name: $util.Input<string> | undefined } | undefined;
  /** Namespace of the memory metric. */
  memoryNamespace: string | undefined;
}

/**
 * @throws When an argument is wrong; the message says which and what is allowed.
 */
export function resolveLogging({ logging, memoryMetric }: ServiceArgs): LoggingSettings {
  const namespace = typeof memoryMetric === "object" ? memoryMetric.namespace : "CWAgent";
  if (!/^[\w.\-/#:]{1,255}$/.test(namespace) || namespace.startsWith("AWS/"))
    throw new ArgumentError(
      `"memoryMetric.namespace" is "${namespace}"; it must be up to 255 letters, digits and ".-_/#:", and must not begin with "AWS/".`,
    );
  return {
    logging: logging === false ? undefined : resolveGroup(logging ?? {}),
    memoryNamespace: memoryMetric ? namespace : undefined,
  };
}

function resolveGroup({ retention = "1 month", name }: ServiceLogging) {
  if (typeof name === "string" && !/^[\w.\-/#]{1,512}$/.test(name))
    throw new ArgumentError(
      `"logging.name" is "${name}"; it must be up to 512 letters, digits and ".-_/#".`,
    );
  return { days: daysOf(retention), name };
}

function daysOf(retention: NonNullable<ServiceLogging["retention"]>): number {
  if (Object.hasOwn(RETENTION, retention)) return RETENTION[retention as keyof typeof RETENTION];
  const days = /^\d+ /.test(retention)
    ? toSeconds(retention as Duration, "logging.retention") / 86_400
    : 0;
  if (days > 0 && Object.values<number>(RETENTION).includes(days)) return days;
  const taken = Object.keys(RETENTION).map((each) => `"${each}"`);
  throw new ArgumentError(
    `"logging.retention" is "${retention}"; CloudWatch takes ${taken.join(", ")}.`,
  );
}

/** What a service's template and role need for its log and its metric. */
export interface Logging {
  logGroup: aws.cloudwatch.LogGroup | undefined;
  /** The agent's configuration; undefined where there is nothing to send. */
  agent: $util.Output<object> | undefined;
  permissions: Permission[];
}

/** Creates the log group. */
export function createLogging(
  name: string,
  args: Pick<ServiceArgs, "transform">,
  { logging, memoryNamespace }: LoggingSettings,
  context: { group: string; parent: $util.Resource },
): Logging {
  const service = name.toLowerCase();
  const logGroup =
    logging &&
    new aws.cloudwatch.LogGroup(
      ...transform(
        args.transform?.logGroup,
        `${name}Logs`,
        {
          name: logging.name ?? `/${$app.name}/${$app.stage}/${service}`,
          retentionInDays: logging.days,
        },
        { parent: context.parent },
      ),
    );
  const memory = memoryNamespace && { group: context.group, namespace: memoryNamespace };
  return {
    logGroup,
    agent:
      logGroup || memory
        ? $util
            .output(logGroup?.name)
            .apply((group) =>
              agentConfig({ service, logGroup: group, memory: memory || undefined }),
            )
        : undefined,
    permissions: [...logPermissions(logGroup), ...metricPermissions(memoryNamespace)],
  };
}

/** The log group exists, and no other can be written to. */
function logPermissions(logGroup: aws.cloudwatch.LogGroup | undefined): Permission[] {
  if (!logGroup) return [];
  return [
    {
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [$interpolate`${logGroup.arn}:*`],
    },
  ];
}

function metricPermissions(namespace: string | undefined): Permission[] {
  if (!namespace) return [];
  return [
    {
      actions: ["cloudwatch:PutMetricData"],
      // Metrics have no ARN; AWS restricts them by a condition.
      resources: ["*"],
      conditions: [{ test: "StringEquals", variable: "cloudwatch:namespace", values: [namespace] }],
    },
  ];
}
