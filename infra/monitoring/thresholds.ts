/** Thresholds of alarms, which the dashboard draws as lines. */

/** An answer that is slower is slow. */
export const SLOW_SECONDS = 1;

/** Average CPU in percent that scaling, which targets 60, should have prevented. */
export const CPU_HIGH = 85;

/** Percent: the service may use 50; the system and the agents need less than the rest. */
export const MEMORY_HIGH = 90;
