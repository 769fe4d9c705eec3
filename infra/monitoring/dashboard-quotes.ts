/** The dashboard's row for quotes: their age, and the load of their database. Pure. */
import {
  BAD,
  type Chart,
  chart,
  GOOD,
  PLAIN,
  type QuotesShown,
  WARNING,
} from "./dashboard-chart.ts";

export function quotes({ age, late, database }: QuotesShown): Chart[] {
  const of = (metric: string) => ["AWS/RDS", metric, "DBInstanceIdentifier", database];
  return [
    chart(
      "Age of the newest quote, in seconds",
      [
        [age.namespace, age.name, { stat: "Minimum", label: "at best", color: GOOD }],
        [age.namespace, age.name, { stat: "Maximum", label: "at worst", color: WARNING }],
      ],
      { line: { label: "alarm", value: late, color: BAD } },
    ),
    chart(
      "Database of the quotes: CPU, in percent",
      [
        [...of("CPUUtilization"), { stat: "Average", label: "average", color: PLAIN }],
        [...of("CPUUtilization"), { stat: "Maximum", label: "at most", color: WARNING }],
      ],
      { max: 100 },
    ),
    chart("Database of the quotes: connections", [
      [...of("DatabaseConnections"), { stat: "Maximum", label: "open", color: PLAIN }],
    ]),
  ];
}
