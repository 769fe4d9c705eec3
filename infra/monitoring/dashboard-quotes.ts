/** The dashboard's row for quotes, in stages that collect them. Pure. */
import type { Chart, QuotesShown } from "./dashboard-types.ts";

/** Age of the newest quote, and load of its database. */
export function quotes({ age, late, database }: QuotesShown): Chart[] {
  const of = (metric: string) => ["AWS/RDS", metric, "DBInstanceIdentifier", database];
  return [
    {
      title: "Age of the newest quote, in seconds",
      metrics: [
        [age.namespace, age.name, { stat: "Minimum", label: "at best", color: "#2ca02c" }],
        [age.namespace, age.name, { stat: "Maximum", label: "at worst", color: "#ff7f0e" }],
      ],
      yAxis: { left: { min: 0 } },
      annotations: { horizontal: [{ label: "alarm", value: late, color: "#d62728" }] },
    },
    {
      title: "Database of the quotes: CPU, in percent",
      metrics: [
        [...of("CPUUtilization"), { stat: "Average", label: "average", color: "#1f77b4" }],
        [...of("CPUUtilization"), { stat: "Maximum", label: "at most", color: "#ff7f0e" }],
      ],
      yAxis: { left: { min: 0, max: 100 } },
    },
    {
      title: "Database of the quotes: connections",
      metrics: [
        [...of("DatabaseConnections"), { stat: "Maximum", label: "open", color: "#1f77b4" }],
      ],
      yAxis: { left: { min: 0 } },
    },
  ];
}
