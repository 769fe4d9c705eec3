/** Scaling policies. */
import { AWS } from "./facts.ts";

/** A policy's input. */
export interface View {
  /** A metric over a span of time that has passed: CPU use from 0 to 1, or requests a minute and target. */
  metric(name: Metric, from: number, to: number): number;
  now: number;
  /** Instances that are warm, from which the metrics come. */
  capacity: number;
  desired: number;
  warming: boolean;
}

export type Metric = "cpu" | "requests";

export interface Policy {
  /** Seconds between two looks. */
  period: number;
  /** Whether it also takes instances away; the others only add. */
  shrinks: boolean;
  /** Desired capacity, if it wants a change. */
  wanted(view: View): number | undefined;
}

type Resolution = keyof typeof AWS.period;

/** Datapoints that are there by now, the newest first. */
function datapoints(view: View, metric: Metric, count: number, resolution: Resolution): number[] {
  const period = AWS.period[resolution];
  const newest = Math.floor((view.now - AWS.metricDelay[resolution]) / period) * period;
  return Array.from({ length: count }, (_, i) =>
    newest - (i + 1) * period < 0
      ? Number.NaN
      : view.metric(metric, newest - (i + 1) * period, newest - i * period),
  );
}

/** Keeps a metric at a target, as AWS does with two alarms. */
export function targetTracking(
  metric: Metric,
  target: number,
  resolution: Resolution = "detailed",
): Policy {
  return {
    period: Math.min(60, AWS.period[resolution]),
    shrinks: true,
    wanted: (view) => {
      const high = datapoints(view, metric, AWS.growAfter, resolution);
      const proportional = (value: number) => Math.ceil((view.capacity * value) / target - 1e-9);
      if (high.every((value) => value > target)) return proportional(high[0] as number);
      if (view.warming) return undefined;
      const low = datapoints(view, metric, AWS.shrinkAfter, resolution);
      return low.every((value) => value < AWS.slack * target)
        ? proportional(Math.max(...low))
        : undefined;
    },
  };
}

/** Step scaling: adds a share of the instances after one datapoint above a bound. */
export function steps(metric: Metric, shares: readonly { above: number; add: number }[]): Policy {
  return {
    period: 60,
    shrinks: false,
    wanted: (view) => {
      const [value = Number.NaN] = datapoints(view, metric, 1, "detailed");
      const step = shares.findLast(({ above }) => value > above);
      return step && Math.ceil(view.capacity * (1 + step.add));
    },
  };
}

/** Predictive scaling with a perfect forecast of each hour; it only scales out. */
export function forecast(instancesAt: (time: number) => number): Policy {
  const HOUR = 3600;
  return {
    period: 60,
    shrinks: false,
    wanted: ({ now }) => {
      const start = Math.floor((now + AWS.forecastAhead) / HOUR) * HOUR;
      const times = Array.from({ length: 61 }, (_, minute) => start + minute * 60);
      return Math.ceil(Math.max(...times.map(instancesAt)));
    },
  };
}
