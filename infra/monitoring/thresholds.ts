/** Where alarms begin, which the dashboard draws as lines. */

/** Answers slower than this are not what clients came for; in seconds. */
export const SLOW_SECONDS = 1;

/** Average CPU use, in percent, that scaling should have prevented: it aims at 60. */
export const CPU_HIGH = 85;

/** Use of memory, in percent: the service may have 50, the system and the agents need less than the rest. */
export const MEMORY_HIGH = 90;
