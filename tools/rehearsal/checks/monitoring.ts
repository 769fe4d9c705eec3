import assert from "node:assert/strict";
import { type ResolvedStage, stageOf } from "../../../infra/stages.ts";
import type { Cloud } from "./cloud.ts";
import type { Deployment } from "./deployment.ts";
import { only, present, same } from "./expect.ts";

/** What the checks know of the stage. */
interface Watched {
  name: string;
  stage: ResolvedStage;
  deployment: Deployment;
  /** Names of the tables. */
  tables: string[];
}

/** Alarms, messages, budget and dashboard are of this deployment's resources, and go to its topic. */
export async function checkMonitoring(
  cloud: Cloud,
  deployment: Deployment,
  name: string,
  tables: string[],
) {
  const watched = { name, stage: stageOf(name), deployment, tables };
  const topic = await checkTopic(cloud, watched);
  await checkAlarms(cloud, watched, topic);
  await checkEvents(cloud, watched, topic);
  await checkBudget(cloud, watched, topic);
  await checkDashboard(cloud, watched);
}

async function checkTopic(cloud: Cloud, { name, stage }: Watched): Promise<string> {
  const { Topics } = await cloud.sns.listTopics();
  const ours = Topics?.filter((each) => each.TopicArn?.includes(`:steadfast-${name}-Alarms`));
  const TopicArn = present(only(ours, "topic for alarms").TopicArn, "topic's ARN");
  const { Attributes } = await cloud.sns.getTopicAttributes({ TopicArn });
  const statements: { Principal: { Service: string | string[] }; Condition?: unknown }[] =
    JSON.parse(present(Attributes?.Policy, "topic's policy")).Statement;
  same(
    statements.map(({ Principal, Condition }) => [[Principal.Service].flat().sort(), Condition]),
    [
      [
        ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"],
        { StringEquals: { "aws:SourceAccount": cloud.account } },
      ],
      // EventBridge publishes through no statement with a condition.
      [["events.amazonaws.com"], undefined],
    ],
    "who may publish to the topic",
  );
  const found = await cloud.sns.listSubscriptionsByTopic({ TopicArn });
  same(
    (found.Subscriptions ?? []).map((each) => each.Endpoint).sort(),
    [...stage.alarmEmails].sort(),
    "addresses of the topic",
  );
  return TopicArn;
}

/** The deployment as CloudWatch's dimensions name it. */
function dimensionsOf({ deployment: { balancer, targetGroup, group } }: Watched) {
  return {
    LoadBalancer: balancer.LoadBalancerArn?.replace(/^.*:loadbalancer\//, ""),
    TargetGroup: targetGroup.TargetGroupArn?.replace(/^.*:/, ""),
    AutoScalingGroupName: group.AutoScalingGroupName,
  };
}

async function checkAlarms(cloud: Cloud, watched: Watched, topic: string) {
  const found = await cloud.cloudWatch.describeAlarms({
    AlarmNamePrefix: `steadfast-${watched.name}-`,
  });
  const plain = (name = "") => name.split("-").at(-2) ?? name;
  const MetricAlarms = (found.MetricAlarms ?? []).filter((each) =>
    /^(Api|Tables)/.test(plain(each.AlarmName)),
  );
  const silent = ["ApiErrors", "ApiSick", "ApiSlow", "ApiBalancer"];
  const loud = ["ApiAtMost", "ApiCpu", "ApiMemory", "TablesFailing", "TablesThrottled"];
  same(
    MetricAlarms.map((each) => plain(each.AlarmName)).sort(),
    [...silent, ...loud, "ApiSurge"].sort(),
    "alarms on metrics",
  );
  const dimensions = dimensionsOf(watched);
  for (const alarm of MetricAlarms) {
    // The first four speak through the composite alarm; a surge adds instances and bothers nobody.
    if (plain(alarm.AlarmName) === "ApiSurge") {
      same(alarm.AlarmActions?.length, 1, `actions of ${alarm.AlarmName}`);
      assert.match(`${alarm.AlarmActions}`, /:scalingPolicy:.*Surge/, "what a surge does");
    } else {
      const actions = silent.includes(plain(alarm.AlarmName)) ? [] : [topic];
      same(alarm.AlarmActions, actions, `actions of ${alarm.AlarmName}`);
    }
    const metrics = alarm.Metrics?.map((each) => each.MetricStat?.Metric) ?? [alarm];
    for (const { Name, Value } of metrics.flatMap((each) => each?.Dimensions ?? []))
      same(Value, dimensions[Name as keyof typeof dimensions], `${Name} of ${alarm.AlarmName}`);
    for (const { Expression = "" } of alarm.Metrics ?? [])
      if (Expression.startsWith("SELECT"))
        for (const table of watched.tables)
          assert.ok(Expression.includes(`'${table}'`), `${alarm.AlarmName} leaves out ${table}`);
  }
}

async function checkEvents(cloud: Cloud, { name, deployment }: Watched, topic: string) {
  const { Rules = [] } = await cloud.events.listRules({ NamePrefix: `steadfast-${name}-Api` });
  same(Rules.length, 3, "rules for what the group tells");
  for (const { Name: Rule, EventPattern, State } of Rules) {
    same(State, "ENABLED", `state of ${Rule}`);
    same(
      JSON.parse(present(EventPattern, `pattern of ${Rule}`)).detail.AutoScalingGroupName,
      [deployment.group.AutoScalingGroupName],
      `group of ${Rule}`,
    );
    const { Targets } = await cloud.events.listTargetsByRule({ Rule });
    same(only(Targets, `target of ${Rule}`).Arn, topic, `target of ${Rule}`);
  }
}

async function checkBudget(cloud: Cloud, { name, stage }: Watched, topic: string) {
  const { Budgets = [] } = await cloud.budgets.describeBudgets({ AccountId: cloud.account });
  const BudgetName = `steadfast-${name}-Budget`;
  const found = Budgets.filter((each) => each.BudgetName === BudgetName);
  const wanted = stage.monthlyBudget === undefined ? [] : [stage.monthlyBudget];
  same(
    found.map((each) => Number(each.BudgetLimit?.Amount)),
    wanted,
    "the stage's budget",
  );
  if (found.length === 0) return;
  const { Notifications = [] } = await cloud.budgets.describeNotificationsForBudget({
    AccountId: cloud.account,
    BudgetName,
  });
  same(Notifications.length, 3, `notifications of the budget to ${topic}`);
}

/** A dashboard of things that are not there shows empty charts, and no error. */
async function checkDashboard(cloud: Cloud, watched: Watched) {
  const { DashboardBody } = await cloud.cloudWatch.getDashboard({
    DashboardName: `steadfast-${watched.name}-Api`,
  });
  const text = present(DashboardBody, "dashboard's body");
  for (const name of [...Object.values(dimensionsOf(watched)), ...watched.tables])
    assert.ok(text.includes(`"${name}"`), `the dashboard does not show ${name}`);
}
