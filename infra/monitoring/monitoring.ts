import { fixedName, type Service } from "sst-ec2";
import type { Tables } from "../dynamodb.ts";
import { here } from "../program/here.ts";
import { LATE_SECONDS, quoteAge } from "../quotes/collector-log.ts";
import type { Stage } from "../stages.ts";
import type { AlarmTopic } from "./alarms.ts";
import { budget } from "./budget.ts";
import { dashboardBody } from "./dashboard.ts";
import { groupEventRules } from "./events.ts";
import { groupAlarms } from "./group-alarms.ts";
import { logAlarms } from "./log-alarms.ts";
import { tableAlarms } from "./table-alarms.ts";

interface MonitoringArgs {
  stage: Stage;
  topic: AlarmTopic | undefined;
  tables: Tables;
  service: Service;
  // #region quotes
  /** Of the quotes' database. */
  database: $util.Output<string> | undefined;
  // #endregion quotes
}

/**
 * Alarms, messages, budget and dashboard of a stage; `docs/operations.md` explains each.
 *
 * ### Cost
 * Fourteen metrics with those of rollout and scaling, of which ten are free in an account that has
 * no others, at $0.10 each. The composite alarm costs **$0.50 a month**, the metric for memory
 * $0.30 beyond an account's ten free ones. The first three dashboards are free, others $3.
 */
export function monitoring(args: MonitoringArgs): void {
  const { stage, topic } = args;
  const parent = new $util.ComponentResource("steadfast:aws:Monitoring", "Monitoring");
  if (stage.monthlyBudget !== undefined && topic) budget(stage.monthlyBudget, topic, parent);
  if (!stage.monitoring || !topic) return;
  const { autoScalingGroup, logGroup } = args.service.nodes;
  const group = autoScalingGroup.name;
  const tables = Object.values(args.tables).map((table) => table.name);
  const context = { actions: [topic.arn], parent };
  const alarms = [
    ...groupAlarms({ name: "Api", group, min: stage.min, max: stage.max }, context),
    ...tableAlarms(tables, context),
    ...(logGroup ? logAlarms(logGroup, context) : []),
  ];
  groupEventRules("Api", group, topic, parent);
  const arns = $util.all([...args.service.nodes.alarms, ...alarms].map((alarm) => alarm.arn));
  dashboard(args, { group, tables, alarms: arns }, parent);
}

interface Shown {
  group: $util.Output<string>;
  tables: $util.Output<string>[];
  alarms: $util.Output<string[]>;
}

function dashboard(args: MonitoringArgs, shown: Shown, parent: $util.Resource) {
  const { stage, service } = args;
  const [instance] = stage.instances;
  const body = $util
    .output({
      region: here(parent).region,
      loadBalancer: service.nodes.target?.loadBalancerArnSuffix ?? "",
      targetGroup: service.nodes.target?.arnSuffix ?? "",
      group: shown.group,
      tables: shown.tables,
      alarms: shown.alarms,
      logGroup: service.nodes.logGroup?.name,
      database: args.database, // drop: quotes
    })
    .apply((names) =>
      dashboardBody({
        ...names,
        min: stage.min,
        max: stage.max,
        instance: instance as string,
        // #region quotes
        quotes:
          names.database && stage.logs
            ? { age: quoteAge(), late: LATE_SECONDS, database: names.database }
            : undefined,
        // #endregion quotes
      }),
    );
  new aws.cloudwatch.Dashboard(
    "Dashboard",
    {
      dashboardName: fixedName("Api", "aws:cloudwatch/dashboard:Dashboard"),
      dashboardBody: body.apply((value) => JSON.stringify(value)),
    },
    { parent },
  );
}
