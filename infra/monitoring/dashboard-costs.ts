import type { Chart, DashboardArgs, Series } from "./dashboard-chart.ts";

import { MONTH_HOURS, RATES } from "./rates.ts";

/**
 * The dashboard's chart of costs that vary with use, in dollars a month at the rate of each hour:
 * from the system's own metrics within minutes, where AWS's bill takes a day. Pure.
 */
export function costs(args: DashboardArgs): Chart[] {
  const { group, loadBalancer, logGroup } = args;
  const parts: Series[][] = [
    part(
      "instances",
      [["AWS/AutoScaling", "GroupInServiceInstances", "AutoScalingGroupName", group]],
      "Average",
      ([count]) => `${count} * ${n((RATES.instance(args.instance) ?? 0) * MONTH_HOURS)}`,
    ),
    part(
      "balancer",
      [["AWS/ApplicationELB", "ConsumedLCUs", "LoadBalancer", loadBalancer]],
      "Average",
      ([units]) =>
        `${n(RATES.balancer * MONTH_HOURS)} + ${units} * ${n(RATES.balancerUnit * MONTH_HOURS)}`,
    ),
    part(
      "reads",
      args.tables.map((table) => ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", table]),
      "Sum",
      (units) => `(${units.join(" + ")}) / 1000000 * ${n(RATES.reads * MONTH_HOURS)}`,
    ),
    part(
      "writes",
      args.tables.map((table) => [
        "AWS/DynamoDB",
        "ConsumedWriteCapacityUnits",
        "TableName",
        table,
      ]),
      "Sum",
      (units) => `(${units.join(" + ")}) / 1000000 * ${n(RATES.writes * MONTH_HOURS)}`,
    ),
    logGroup
      ? part(
          "logs",
          [["AWS/Logs", "IncomingBytes", "LogGroupName", logGroup]],
          "Sum",
          ([bytes]) => `${bytes} / 1000000000 * ${n(RATES.logs * MONTH_HOURS)}`,
        )
      : [],
  ];
  return [
    {
      title: "Dollars a month at this hour's pace (parts that move; the bill: npm run cost)",
      stacked: true,
      period: 3600,
      metrics: parts.flat(),
      yAxis: { left: { min: 0, label: "$ a month", showUnits: false } },
    },
  ];
}

/** A sum of hidden metrics in dollars. Missing data counts as zero. */
function part(
  name: string,
  metrics: string[][],
  stat: string,
  dollars: (ids: string[]) => string,
): Series[] {
  const ids = metrics.map((_, index) => `${name}${index + 1}`);
  const hidden = metrics.map(
    (metric, index): Series => [
      ...metric,
      { id: ids[index] as string, stat, period: 3600, visible: false },
    ],
  );
  const expression = dollars(ids.map((id) => `FILL(${id}, 0)`));
  return [...hidden, [{ id: name, expression, label: name }]];
}

/** Without binary rounding noise. */
const n = (value: number): string => String(Number(value.toFixed(4)));
