/**
 * The stage's dashboard, as the JSON that CloudWatch takes. Each row answers the question in its
 * heading. Pure.
 */
import { MEMORY_DIMENSION, MEMORY_METRIC } from "sst-ec2/helpers";
import { MEMORY_NAMESPACE } from "../logs/logs.ts";
import {
  BAD,
  type Chart,
  chart,
  type DashboardArgs,
  FAINT,
  GOOD,
  PLAIN,
  type Series,
  WARNING,
  type Widget,
} from "./dashboard-chart.ts";
import { costs } from "./dashboard-costs.ts";
import { quotes } from "./dashboard-quotes.ts";
import { CPU_HIGH, MEMORY_HIGH, SLOW_SECONDS } from "./thresholds.ts";

/** Height of a row of charts; its heading is one more. */
const ROW = 6;

/** The dashboard's body. */
export function dashboardBody(args: DashboardArgs): { widgets: Widget[] } {
  const rows: [string, Chart[]][] = [
    ["Is it up?", [answers(args), targets(args)]],
    ["Is it fast?", [times(args), tableTimes(args)]],
    ["Is it scaling?", [instances(args), cpu(args), memory(args), tableCalls(args)]],
    ["What does it cost?", costs(args)],
    ...(args.quotes ? [["Do quotes arrive?", quotes(args.quotes)] as [string, Chart[]]] : []), // drop: quotes
  ];
  const widgets: Widget[] = [
    {
      type: "alarm",
      ...{ x: 0, y: 0, width: 24, height: 3 },
      properties: { title: "Alarms", alarms: args.alarms },
    },
  ];
  let y = 3;
  for (const [question, charts] of rows) {
    widgets.push({
      type: "text",
      ...{ x: 0, y, width: 24, height: 1 },
      properties: { markdown: `## ${question}` },
    });
    const width = 24 / charts.length;
    for (const [index, properties] of charts.entries())
      widgets.push({
        type: "metric",
        ...{ x: index * width, y: y + 1, width, height: ROW },
        properties: {
          ...{ region: args.region, view: "timeSeries", period: 60, stacked: false },
          ...properties,
        },
      });
    y += 1 + ROW;
  }
  return { widgets };
}

const balancing = ({ loadBalancer, targetGroup }: DashboardArgs, metric: string) => [
  ...["AWS/ApplicationELB", metric],
  ...["LoadBalancer", loadBalancer, "TargetGroup", targetGroup],
];

function answers(args: DashboardArgs): Chart {
  const sum = (metric: string, label: string, color: string): Series => [
    ...balancing(args, metric),
    { stat: "Sum", label, color },
  ];
  return chart("Answers a minute", [
    sum("HTTPCode_Target_2XX_Count", "2xx", GOOD),
    sum("HTTPCode_Target_4XX_Count", "4xx", WARNING),
    sum("HTTPCode_Target_5XX_Count", "5xx", BAD),
    [
      ...["AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "LoadBalancer", args.loadBalancer],
      { stat: "Sum", label: "5xx of the balancer", color: "#9467bd" },
    ],
  ]);
}

function targets(args: DashboardArgs): Chart {
  return chart(
    "Instances behind the balancer",
    [
      [...balancing(args, "HealthyHostCount"), { stat: "Minimum", label: "healthy", color: GOOD }],
      [
        ...balancing(args, "UnHealthyHostCount"),
        { stat: "Maximum", label: "unhealthy", color: BAD },
      ],
    ],
    { line: { label: "least", value: args.min, color: FAINT } },
  );
}

function times(args: DashboardArgs): Chart {
  const share = (stat: string, color: string): Series => [
    ...balancing(args, "TargetResponseTime"),
    { stat, label: stat, color },
  ];
  return chart(
    "Time to answer, in seconds",
    [share("p50", GOOD), share("p90", WARNING), share("p99", BAD)],
    { line: { label: "alarm for p99", value: SLOW_SECONDS, color: BAD } },
  );
}

function tableTimes({ tables }: DashboardArgs): Chart {
  const ours = tables.map((table) => `TableName = '${table}'`).join(" OR ");
  const expression = `SELECT AVG(SuccessfulRequestLatency) FROM SCHEMA("AWS/DynamoDB", Operation, TableName) WHERE ${ours} GROUP BY Operation`;
  return chart("Time of DynamoDB, in milliseconds", [[{ id: "times", expression }]]);
}

function instances({ group, max }: DashboardArgs): Chart {
  const count = (metric: string, label: string, color: string): Series => [
    ...["AWS/AutoScaling", metric, "AutoScalingGroupName", group],
    { stat: "Maximum", label, color },
  ];
  return chart(
    "Instances of the group",
    [
      count("GroupDesiredCapacity", "wanted", PLAIN),
      count("GroupInServiceInstances", "in service", GOOD),
      count("GroupPendingInstances", "starting", WARNING),
      count("GroupTerminatingInstances", "ending", FAINT),
    ],
    { line: { label: "most", value: max, color: BAD } },
  );
}

function cpu({ group }: DashboardArgs): Chart {
  const of = ["AWS/EC2", "CPUUtilization", "AutoScalingGroupName", group];
  return chart(
    "CPU, in percent",
    [
      [...of, { stat: "Average", label: "average", color: PLAIN }],
      [...of, { stat: "Maximum", label: "busiest instance", color: WARNING }],
    ],
    { max: 100, line: { label: "alarm", value: CPU_HIGH, color: BAD } },
  );
}

function memory({ group }: DashboardArgs): Chart {
  const of = [MEMORY_NAMESPACE, MEMORY_METRIC, MEMORY_DIMENSION, group];
  return chart(
    "Memory, in percent",
    [
      [...of, { stat: "Average", label: "average", color: PLAIN }],
      [...of, { stat: "Maximum", label: "fullest instance", color: WARNING }],
    ],
    { max: 100, line: { label: "alarm", value: MEMORY_HIGH, color: BAD } },
  );
}

function tableCalls({ tables }: DashboardArgs): Chart {
  const units = (metric: string, kind: string): Series[] =>
    tables.map((table) => [
      ...["AWS/DynamoDB", metric, "TableName", table],
      { stat: "Sum", label: `${table.replace(/^.*-(\w+?)(Table)?-\w+$/, "$1")}, ${kind}` },
    ]);
  return chart("Units of DynamoDB a minute", [
    ...units("ConsumedReadCapacityUnits", "read"),
    ...units("ConsumedWriteCapacityUnits", "written"),
  ]);
}
