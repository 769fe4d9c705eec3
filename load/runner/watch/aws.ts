import type { AutoScaling, AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import type { CloudWatch, MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Values, Watcher } from "./watcher.ts";

/** Clients of the account that the stage is in; all calls only read. */
export interface Account {
  autoScaling: AutoScaling;
  balancing: ElasticLoadBalancingV2;
  cloudWatch: CloudWatch;
}

const PERIOD_SECONDS = 60;
/** How late CloudWatch may be; without detailed monitoring instances report every 5 minutes. */
const LOOKBACK_MINUTES = 10;

/** Dimensions of the metrics. */
interface Dimensions {
  group: string;
  loadBalancer: string | undefined;
}

/**
 * Watches a deployed stage: desired, running and healthy instances, their CPU, and 5xx a minute.
 *
 * Needs `autoscaling:DescribeAutoScalingGroups`, `elasticloadbalancing:DescribeTargetGroups`,
 * `elasticloadbalancing:DescribeTargetHealth` and `cloudwatch:GetMetricData`.
 *
 * @throws with one line when the stage has no group
 */
export async function watchAws(account: Account, app: string, stage: string): Promise<Watcher> {
  const { AutoScalingGroupName: group = "", TargetGroupARNs: arns = [] } = await findGroup(
    account,
    app,
    stage,
  );
  const [arn] = arns;
  const dimensions = { group, loadBalancer: arn && (await loadBalancerOf(account, arn)) };
  return {
    panels: [
      {
        title: "Instances",
        unit: "",
        series: [
          { key: "desired", label: "desired" },
          { key: "inService", label: "in service" },
          { key: "healthy", label: "healthy targets" },
        ],
      },
      { title: "CPU of the group", unit: "%", series: [{ key: "cpu", label: "CPU" }] },
      { title: "5xx", unit: "/min", series: [{ key: "errors", label: "5xx" }] },
    ],
    async read() {
      const seen = await Promise.all([
        instances(account, group),
        arn ? healthy(account, arn) : {},
        metrics(account, dimensions),
      ]);
      return Object.assign({}, ...seen);
    },
    close() {
      for (const client of Object.values(account)) client.destroy();
    },
  };
}

async function findGroup({ autoScaling }: Account, app: string, stage: string) {
  const { AutoScalingGroups: groups = [] } = await autoScaling.describeAutoScalingGroups({
    Filters: [
      { Name: "tag:app", Values: [app] },
      { Name: "tag:stage", Values: [stage] },
    ],
  });
  // A stage may have groups that serve nobody, such as a worker's.
  const serving = groups.find(({ TargetGroupARNs = [] }) => TargetGroupARNs.length > 0);
  const found = serving ?? groups[0];
  if (found) return found;
  throw new Error(`Stage ${stage} has no Auto Scaling group of ${app} in this account and region.`);
}

async function loadBalancerOf({ balancing }: Account, arn: string): Promise<string | undefined> {
  const { TargetGroups: [group] = [] } = await balancing.describeTargetGroups({
    TargetGroupArns: [arn],
  });
  // The dimension is the last part of the ARN: app/<name>/<id>.
  return group?.LoadBalancerArns?.[0]?.split(":loadbalancer/")[1];
}

async function instances({ autoScaling }: Account, name: string): Promise<Values> {
  const { AutoScalingGroups: [group] = [] } = await autoScaling.describeAutoScalingGroups({
    AutoScalingGroupNames: [name],
  });
  return group ? countInstances(group) : {};
}

function countInstances({ DesiredCapacity, Instances = [] }: AutoScalingGroup): Values {
  const inService = Instances.filter(({ LifecycleState }) => LifecycleState === "InService").length;
  return { inService, ...(DesiredCapacity !== undefined && { desired: DesiredCapacity }) };
}

async function healthy({ balancing }: Account, arn: string): Promise<Values> {
  const { TargetHealthDescriptions: targets = [] } = await balancing.describeTargetHealth({
    TargetGroupArn: arn,
  });
  return {
    healthy: targets.filter(({ TargetHealth }) => TargetHealth?.State === "healthy").length,
  };
}

async function metrics({ cloudWatch }: Account, dimensions: Dimensions): Promise<Values> {
  const now = Date.now();
  const { MetricDataResults: results = [] } = await cloudWatch.getMetricData({
    StartTime: new Date(now - LOOKBACK_MINUTES * 60_000),
    EndTime: new Date(now),
    ScanBy: "TimestampDescending",
    MetricDataQueries: metricQueries(dimensions),
  });
  const newest = (id: string) => results.find(({ Id }) => Id === id)?.Values?.[0];
  const cpu = newest("cpu");
  const [target, balancer] = [newest("target"), newest("balancer")];
  const counted = target !== undefined || balancer !== undefined;
  return {
    ...(cpu !== undefined && { cpu }),
    ...(counted && { errors: (target ?? 0) + (balancer ?? 0) }),
  };
}

/** What is asked of CloudWatch. */
export function metricQueries({ group, loadBalancer }: Dimensions): MetricDataQuery[] {
  const query = (
    Id: string,
    [Namespace, MetricName]: [string, string],
    [Name, Value]: [string, string],
    Stat: string,
  ): MetricDataQuery => ({
    Id,
    MetricStat: {
      Metric: { Namespace, MetricName, Dimensions: [{ Name, Value }] },
      Period: PERIOD_SECONDS,
      Stat,
    },
  });
  const cpu = query(
    "cpu",
    ["AWS/EC2", "CPUUtilization"],
    ["AutoScalingGroupName", group],
    "Average",
  );
  if (!loadBalancer) return [cpu];
  const errors = (id: string, metric: string) =>
    query(id, ["AWS/ApplicationELB", metric], ["LoadBalancer", loadBalancer], "Sum");
  return [
    cpu,
    errors("target", "HTTPCode_Target_5XX_Count"),
    errors("balancer", "HTTPCode_ELB_5XX_Count"),
  ];
}
