/**
 * The stage's dashboard, as the JSON that CloudWatch takes. Each row answers the question in its
 * heading. Pure.
 */
import { MEMORY_DIMENSION, MEMORY_METRIC } from "sst-ec2/helpers";
import { MEMORY_NAMESPACE } from "../logs/logs.ts";
import { costs } from "./dashboard-costs.ts";
import { quotes } from "./dashboard-quotes.ts";
import type { Chart, DashboardArgs, Series, Widget } from "./dashboard-types.ts";
import { CPU_HIGH, MEMORY_HIGH, SLOW_SECONDS } from "./thresholds.ts";

const GOOD = "#2ca02c";
const BAD = "#d62728";
const WARNING = "#ff7f0e";
const PLAIN = "#1f77b4";
const FAINT = "#7f7f7f";

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
      x: 0,
      y: 0,
      width: 24,
      height: 3,
      properties: { title: "Alarms", alarms: args.alarms },
    },
  ];
  let y = 3;
  for (const [question, charts] of rows) {
    widgets.push(heading(question, y));
    const width = 24 / charts.length;
    for (const [index, properties] of charts.entries())
      widgets.push(chart(args.region, properties, { x: index * width, y: y + 1, width }));
    y += 1 + ROW;
  }
  return { widgets };
}

function heading(text: string, y: number): Widget {
  return {
    type: "text",
    x: 0,
    y,
    width: 24,
    height: 1,
    properties: { markdown: `## ${text}` },
  };
}

function chart(
  region: string,
  properties: Chart,
  place: Pick<Widget, "x" | "y" | "width">,
): Widget {
  return {
    type: "metric",
    ...place,
    height: ROW,
    properties: { region, view: "timeSeries", period: 60, stacked: false, ...properties },
  };
}

const balancing = ({ loadBalancer, targetGroup }: DashboardArgs, metric: string) => [
  "AWS/ApplicationELB",
  metric,
  "LoadBalancer",
  loadBalancer,
  "TargetGroup",
  targetGroup,
];

function answers(args: DashboardArgs): Chart {
  const sum = (metric: string, label: string, color: string): Series => [
    ...balancing(args, metric),
    { stat: "Sum", label, color },
  ];
  return {
    title: "Answers a minute",
    metrics: [
      sum("HTTPCode_Target_2XX_Count", "2xx", GOOD),
      sum("HTTPCode_Target_4XX_Count", "4xx", WARNING),
      sum("HTTPCode_Target_5XX_Count", "5xx", BAD),
      [
        "AWS/ApplicationELB",
        "HTTPCode_ELB_5XX_Count",
        "LoadBalancer",
        args.loadBalancer,
        { stat: "Sum", label: "5xx of the balancer", color: "#9467bd" },
      ],
    ],
    yAxis: { left: { min: 0 } },
  };
}

function targets(args: DashboardArgs): Chart {
  return {
    title: "Instances behind the balancer",
    metrics: [
      [...balancing(args, "HealthyHostCount"), { stat: "Minimum", label: "healthy", color: GOOD }],
      [
        ...balancing(args, "UnHealthyHostCount"),
        { stat: "Maximum", label: "unhealthy", color: BAD },
      ],
    ],
    yAxis: { left: { min: 0 } },
    annotations: { horizontal: [{ label: "least", value: args.min, color: FAINT }] },
  };
}

function times(args: DashboardArgs): Chart {
  const share = (stat: string, color: string): Series => [
    ...balancing(args, "TargetResponseTime"),
    { stat, label: stat, color },
  ];
  return {
    title: "Time to answer, in seconds",
    metrics: [share("p50", GOOD), share("p90", WARNING), share("p99", BAD)],
    yAxis: { left: { min: 0 } },
    annotations: { horizontal: [{ label: "alarm for p99", value: SLOW_SECONDS, color: BAD }] },
  };
}

function tableTimes({ tables }: DashboardArgs): Chart {
  const ours = tables.map((table) => `TableName = '${table}'`).join(" OR ");
  return {
    title: "Time of DynamoDB, in milliseconds",
    metrics: [
      [
        {
          id: "times",
          expression: `SELECT AVG(SuccessfulRequestLatency) FROM SCHEMA("AWS/DynamoDB", Operation, TableName) WHERE ${ours} GROUP BY Operation`,
        },
      ],
    ],
    yAxis: { left: { min: 0 } },
  };
}

function instances({ group, max }: DashboardArgs): Chart {
  const count = (metric: string, label: string, color: string): Series => [
    "AWS/AutoScaling",
    metric,
    "AutoScalingGroupName",
    group,
    { stat: "Maximum", label, color },
  ];
  return {
    title: "Instances of the group",
    metrics: [
      count("GroupDesiredCapacity", "wanted", PLAIN),
      count("GroupInServiceInstances", "in service", GOOD),
      count("GroupPendingInstances", "starting", WARNING),
      count("GroupTerminatingInstances", "ending", FAINT),
    ],
    yAxis: { left: { min: 0 } },
    annotations: { horizontal: [{ label: "most", value: max, color: BAD }] },
  };
}

function cpu({ group }: DashboardArgs): Chart {
  const of = ["AWS/EC2", "CPUUtilization", "AutoScalingGroupName", group];
  return {
    title: "CPU, in percent",
    metrics: [
      [...of, { stat: "Average", label: "average", color: PLAIN }],
      [...of, { stat: "Maximum", label: "busiest instance", color: WARNING }],
    ],
    yAxis: { left: { min: 0, max: 100 } },
    annotations: { horizontal: [{ label: "alarm", value: CPU_HIGH, color: BAD }] },
  };
}

function memory({ group }: DashboardArgs): Chart {
  const of = [MEMORY_NAMESPACE, MEMORY_METRIC, MEMORY_DIMENSION, group];
  return {
    title: "Memory, in percent",
    metrics: [
      [...of, { stat: "Average", label: "average", color: PLAIN }],
      [...of, { stat: "Maximum", label: "fullest instance", color: WARNING }],
    ],
    yAxis: { left: { min: 0, max: 100 } },
    annotations: { horizontal: [{ label: "alarm", value: MEMORY_HIGH, color: BAD }] },
  };
}

function tableCalls({ tables }: DashboardArgs): Chart {
  const units = (metric: string, kind: string): Series[] =>
    tables.map((table) => [
      "AWS/DynamoDB",
      metric,
      "TableName",
      table,
      { stat: "Sum", label: `${table.replace(/^.*-(\w+?)(Table)?-\w+$/, "$1")}, ${kind}` },
    ]);
  return {
    title: "Units of DynamoDB a minute",
    metrics: [
      ...units("ConsumedReadCapacityUnits", "read"),
      ...units("ConsumedWriteCapacityUnits", "written"),
    ],
    yAxis: { left: { min: 0 } },
  };
}
