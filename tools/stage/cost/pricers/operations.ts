/** Operations: alarms, logs, dashboards, pipelines, messages. */
import type { Recorded } from "../../graph/resource.ts";
import { fixed, type Item, type Pricer, type PricerContext, used } from "../items.ts";
import { BUILD_MINUTES, type Load, SECONDS } from "../load.ts";
import { HOURS } from "../prices.ts";

/** Bytes of a request's log line, including CloudWatch's overhead. */
export const LOG_LINE_BYTES = 251;

/** Bytes of a flow log record; a connection leaves one per direction at each end in the VPC. */
const FLOW_BYTES = 120;

/** Seconds between two scans of a public address; each leaves a record. */
const KNOCK_SECONDS = 10;
const ADDRESSES = 4;

/** GB that a build logs per minute. */
const BUILD_LOG_GB = 0.0001;

/** GB of a log of unknown size. */
const OTHER_LOG_GB = 0.05;

/** Fraction of a log that remains after CloudWatch compresses it. */
const COMPRESSED = 0.15;

/** Messages per subscriber and month. */
const MESSAGES = 30;

/** An alarm is paid per metric. */
export const alarm: Pricer = ({ inputs }, { hours }) => {
  const queries: Recorded["inputs"][] = inputs.metricQueries ?? [];
  const metrics = queries.filter((query) => query.metric).length || 1;
  const periods = [inputs.period, ...queries.map((query) => query.metric?.period)];
  const isFast = periods.some((period) => period !== undefined && period < 60);
  return [
    fixed(
      "CloudWatch",
      metrics === 1 ? "alarm" : `alarm on ${metrics} metrics`,
      isFast ? "cloudwatch.alarm.fast" : "cloudwatch.alarm",
      hours.div(HOURS).times(metrics),
    ),
  ];
};

/** A fixed price per month. */
const monthly =
  (item: Pick<Item, "service" | "what" | "price">): Pricer =>
  (_, { hours }) => [{ ...item, quantity: hours.div(HOURS), kind: "fixed" }];

/** An alarm on alarms, which has its own price. */
export const compositeAlarm = monthly({
  service: "CloudWatch",
  what: "composite alarm",
  price: "cloudwatch.alarm.composite",
});

/** A custom dashboard; AWS's automatic ones are free. */
export const dashboard = monthly({
  service: "CloudWatch",
  what: "dashboard",
  price: "cloudwatch.dashboard",
});

/** A filter that turns log lines into a metric. */
export const logFilter = monthly({
  service: "CloudWatch",
  what: "metric from a log",
  price: "cloudwatch.metric",
});

/** A log group is paid for ingestion and storage. */
export const logGroup: Pricer = ({ inputs }, context) => {
  const gb = gbOf(inputs, context);
  const months = (inputs.retentionInDays ?? 365) / 30;
  return [
    used(
      "CloudWatch",
      "log, received",
      isFlowLog(inputs) ? "cloudwatch.logs.vended" : "cloudwatch.logs.in",
      gb,
    ),
    used("CloudWatch", "log, kept", "cloudwatch.logs.gb", gb * COMPRESSED * months),
  ];
};

const isFlowLog = ({ name }: Recorded["inputs"]) => String(name).endsWith("/flow-logs");

/** GB a month, by who writes. */
function gbOf(inputs: Recorded["inputs"], { load, graph }: PricerContext): number {
  const name = String(inputs.name);
  if (isFlowLog(inputs)) return (flowRecords(load, graph) * FLOW_BYTES) / 1e9;
  if (name.endsWith("/api")) return (load.total * LOG_LINE_BYTES) / 1e9;
  if (/\/(checks|deploy|source)$/.test(name)) return load.pushes * minutesOf(name) * BUILD_LOG_GB;
  return OTHER_LOG_GB;
}

/** Connections of clients and scanners, and the balancer's health checks, which are the most. */
function flowRecords({ connections }: Load, graph: readonly Recorded[]): number {
  const of = (type: string) => graph.filter((each) => each.type === type);
  const zones = sum(of("aws:lb/loadBalancer:LoadBalancer"), ({ subnets }) => subnets.length);
  const instances = sum(of("aws:autoscaling/group:Group"), ({ targetGroupArns, minSize }) =>
    targetGroupArns?.length ? minSize : 0,
  );
  // Each node of the balancer opens a connection to each instance for every check.
  const aSecond = sum(of("aws:lb/targetGroup:TargetGroup"), ({ healthCheck }) =>
    healthCheck?.interval ? (zones * instances) / healthCheck.interval : 0,
  );
  return 4 * aSecond * SECONDS + 2 * connections + (ADDRESSES * SECONDS) / KNOCK_SECONDS;
}

function sum(resources: readonly Recorded[], of: (inputs: Recorded["inputs"]) => number): number {
  return resources.reduce((all, { inputs }) => all + of(inputs), 0);
}

/** Build minutes per push, by the end of the name of its project, action or log. */
function minutesOf(name: string): number {
  if (/deploy$/i.test(name)) return BUILD_MINUTES.deploy;
  return /checks$/i.test(name) ? BUILD_MINUTES.checks : 1;
}

/** A build is paid by the minute and the size of its machine. */
export const buildProject: Pricer = ({ name, inputs }, { load }) => {
  const { type, computeType } = inputs.environment;
  const architecture = /^ARM/.test(type) ? "arm" : "linux";
  const size = String(computeType)
    .replace(/^BUILD_GENERAL1_/, "")
    .toLowerCase();
  return [
    used(
      "CodeBuild",
      `minutes of ${architecture} ${size}`,
      `codebuild.${architecture}.${size}`,
      load.pushes * minutesOf(name),
    ),
  ];
};

/** A pipeline is paid by the minute of each action; waiting for an approval is free. */
export const pipeline: Pricer = ({ inputs }, { load }) => {
  const actions: Recorded["inputs"][] = (inputs.stages ?? []).flatMap(
    (stage: Recorded["inputs"]) => stage.actions ?? [],
  );
  const minutes = actions
    .filter(({ category }) => category !== "Approval")
    .reduce((all, { category, name }) => all + (category === "Source" ? 1 : minutesOf(name)), 0);
  return [used("CodePipeline", "action-minutes", "codepipeline.minute", load.pushes * minutes)];
};

/** E-mails; EventBridge and other subscribers cost nothing here. */
export const subscription: Pricer = ({ inputs }) =>
  inputs.protocol === "email" ? [used("SNS", "e-mails", "sns.email", MESSAGES)] : [];
