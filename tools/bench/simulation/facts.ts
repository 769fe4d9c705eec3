/** AWS's delays in seconds, each with its source; what AWS does not document is marked as an assumption. */
export const AWS = {
  /**
   * From RunInstances to a machine that boots. EC2's own part of a cold launch, as measured by others:
   * 19 % and 69 % of 25.8 s, about the same for every instance type that they tried.
   * https://github.com/brevdev/ec2-coldboot-research
   */
  launch: 22.7,
  /**
   * From a stopped instance of a warm pool to one that serves: "as low as 30 seconds", without what an
   * application does at boot.
   * https://aws.amazon.com/blogs/compute/scaling-your-applications-faster-with-ec2-auto-scaling-warm-pools/
   */
  warmStart: 30,
  /**
   * Datapoints over the target before target tracking grows a group, and below it before it shrinks.
   * https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html
   */
  growAfter: 3,
  shrinkAfter: 15,
  /** How far below its target a metric must be before a group shrinks: usually more than 10 %. Same page. */
  slack: 0.9,
  /**
   * Seconds of a datapoint: with detailed monitoring and of a balancer; without it; and the shortest that
   * target tracking takes of a metric that somebody publishes.
   * https://docs.aws.amazon.com/autoscaling/ec2/userguide/policy-creating-high-resolution-metrics.html
   */
  period: { detailed: 60, basic: 300, high: 10 },
  /** Until a datapoint is there and its alarm has looked at it. Assumption: AWS does not say. */
  metricDelay: { detailed: 60, basic: 60, high: 10 },
  /** Until a group replaces an instance that its balancer finds unhealthy. Assumption: AWS does not say. */
  replaceAfter: 30,
  /** How early predictive scaling starts what its forecast of the hour wants. API: SchedulingBufferTime. */
  forecastAhead: 300,
  /** How long a balancer's request hangs on a machine that lost power: its idle timeout. */
  hang: 60,
};

/** What this API and its target group do; durations in seconds. */
export const API = {
  /** `infra`: interval, timeout, and how many checks of a kind change an instance's state. */
  health: { interval: 5, timeout: 2, healthy: 2, unhealthy: 2 },
  /** `Service`'s default: how long a new instance's health and load are not counted. */
  warmup: 90,
  /** `OVERLOAD_DELAY_MS`, and the interval over which it is measured. */
  overload: { delay: 1, interval: 1 },
  /** `PASSWORD_CONCURRENCY` and `PASSWORD_QUEUE` of a process. */
  passwords: { atOnce: 2, queue: 64 },
  /** CPU time of an answer that turns a request away: that of (b) in docs/performance.md, about. */
  shed: 30e-6,
  /** One call of a table in its region; docs/performance.md says 3 to 10 ms. */
  call: 0.005,
  /** How long a client waits before it gives up. */
  patience: 5,
};
