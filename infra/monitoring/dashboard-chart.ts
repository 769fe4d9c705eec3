/** Input of the dashboard, and CloudWatch's types. */

/** Names of what the dashboard shows. */
export interface DashboardArgs {
  region: string;
  /** CloudWatch's names of the balancer and the target group. */
  loadBalancer: string;
  targetGroup: string;
  /** The Auto Scaling group, its limits and its first instance type. */
  group: string;
  min: number;
  max: number;
  instance: string;
  tables: string[];
  /** The API's log group, if any. */
  logGroup?: string | undefined;
  // #region quotes
  /** The quotes, if the stage has them. */
  quotes?: QuotesShown | undefined;
  // #endregion quotes
  /** ARNs of all alarms. */
  alarms: string[];
}

// #region quotes
/** Names for the row of quotes. */
export interface QuotesShown {
  /** Namespace and name of the metric filtered from the collector's log. */
  age: { namespace: string; name: string };
  /** Age in seconds at which the alarm starts. */
  late: number;
  /** The database's identifier. */
  database: string;
}
// #endregion quotes

/** One line of a chart in CloudWatch's terms: namespace, name, dimensions, options. */
export type Series = (string | SeriesOptions)[] | [SeriesOptions];

export interface SeriesOptions {
  label?: string;
  stat?: string;
  color?: string;
  id?: string;
  expression?: string;
  visible?: boolean;
  period?: number;
  yAxis?: "left" | "right";
}

export interface Widget {
  type: "metric" | "text" | "alarm";
  x: number;
  y: number;
  width: number;
  height: number;
  properties: {
    title?: string;
    markdown?: string;
    alarms?: string[];
    region?: string;
    view?: "timeSeries" | "singleValue";
    stacked?: boolean;
    stat?: string;
    period?: number;
    metrics?: Series[];
    yAxis?: Record<"left", { min?: number; max?: number; label?: string; showUnits?: boolean }>;
    annotations?: { horizontal: { label: string; value: number; color?: string }[] };
  };
}

/** A chart without its position. */
export type Chart = Widget["properties"] & { title: string; metrics: Series[] };

export const GOOD = "#2ca02c";
export const BAD = "#d62728";
export const WARNING = "#ff7f0e";
export const PLAIN = "#1f77b4";
export const FAINT = "#7f7f7f";

interface ChartOptions {
  /** A horizontal line at a limit. */
  line?: { label: string; value: number; color: string };
  /** Top of the axis. @default by the values */
  max?: number;
}

/** A chart whose axis begins at zero. */
export function chart(title: string, metrics: Series[], { line, max }: ChartOptions = {}): Chart {
  return {
    title,
    metrics,
    yAxis: { left: { min: 0, ...(max !== undefined && { max }) } },
    ...(line && { annotations: { horizontal: [line] } }),
  };
}
