/** What the dashboard shows, and the words in which CloudWatch takes it. */

/** Names of what the dashboard shows. */
export interface DashboardArgs {
  region: string;
  /** The balancer and the target group as CloudWatch calls them. */
  loadBalancer: string;
  targetGroup: string;
  /** The Auto Scaling group, its limits and the first of its instance types. */
  group: string;
  min: number;
  max: number;
  instance: string;
  tables: string[];
  /** The API's log group, where it has one. */
  logGroup?: string | undefined;
  /** What is collected besides, where the stage has quotes. */
  quotes?: QuotesShown | undefined;
  /** ARNs of all alarms. */
  alarms: string[];
}

/** Names of what the row shows. */
export interface QuotesShown {
  /** Namespace and name of the metric that the collector's log is made into. */
  age: { namespace: string; name: string };
  /** Age in seconds at which an alarm tells. */
  late: number;
  /** The database's identifier. */
  database: string;
}

/** One line of a chart, in CloudWatch's words: namespace, name, dimensions, how it is drawn. */
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

/** What a chart shows, without where it stands. */
export type Chart = Widget["properties"] & { title: string; metrics: Series[] };
