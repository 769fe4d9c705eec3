/** What clients do over time. */
export interface Load {
  name: string;
  /** Seconds. */
  length: number;
  /** Requests a second, as a multiple of what goes on before. */
  rate(time: number): number;
  /** When a zone loses its power. */
  zoneLost?: number;
}

const MINUTE = 60;
const HOUR = 3600;
/** When things begin to happen, in seconds: alarms must have seen how it was. */
export const BEGIN = 6 * MINUTE;

export const LOADS = {
  doubles: { name: "doubles", length: 20 * MINUTE, rate: (t) => (t < BEGIN ? 1 : 2) },
  spike: {
    name: "×10 for 10 minutes",
    length: 40 * MINUTE,
    rate: (t) => (t >= BEGIN && t < BEGIN + 10 * MINUTE ? 10 : 1),
  },
  zone: { name: "a zone is lost", length: 14 * MINUTE, rate: () => 1.5, zoneLost: BEGIN },
  day: {
    name: "a day",
    length: 24 * HOUR,
    // Least at four in the morning, most at four in the afternoon: ten times as much.
    rate: (t) => 0.3 + 1.35 * (1 - Math.cos((2 * Math.PI * (t - 4 * HOUR)) / (24 * HOUR))),
  },
} satisfies Record<string, Load>;
