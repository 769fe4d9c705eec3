import { ArgumentError } from "./argument-error.ts";

/** A length of time with its unit, as SST writes it: `"30 seconds"`, `"1 minute"`, `"7 days"`. */
export type Duration = `${number} ${"second" | "minute" | "hour" | "day"}${"" | "s"}`;

const SECONDS = { second: 1, minute: 60, hour: 3600, day: 86_400 } as const;

/**
 * Seconds of a duration.
 *
 * @param duration Such as `"30 seconds"`.
 * @param argument The argument's name, for the message.
 * @throws When the text is no duration.
 */
export function toSeconds(duration: Duration, argument: string): number {
  const match = /^(\d+) (second|minute|hour|day)s?$/.exec(duration);
  if (!match?.[1] || !match[2]) {
    throw new ArgumentError(
      `"${argument}" is "${duration}"; it must be a duration such as "30 seconds" or "5 minutes".`,
    );
  }
  return Number(match[1]) * SECONDS[match[2] as keyof typeof SECONDS];
}

/**
 * Seconds of a duration that AWS accepts within limits only.
 *
 * @param range The least and the most seconds allowed.
 * @throws When it is no duration or out of range.
 */
export function toSecondsWithin(
  duration: Duration,
  argument: string,
  range: readonly [number, number],
): number {
  const seconds = toSeconds(duration, argument);
  const [least, most] = range;
  if (seconds < least || seconds > most) {
    throw new ArgumentError(
      `"${argument}" is "${duration}"; allowed are ${least} to ${most} seconds.`,
    );
  }
  return seconds;
}
