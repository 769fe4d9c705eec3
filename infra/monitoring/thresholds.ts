/** Thresholds of alarms, which the dashboard draws as lines. */

/** Seconds beyond which an answer counts as slow. */
export const SLOW_SECONDS = 1;

/** Average CPU in percent that scaling, which targets 60, should have prevented. */
export const CPU_HIGH = 85;

/** Memory in percent: the service may use 50; the system and the agents need less than the rest. */
export const MEMORY_HIGH = 90;
