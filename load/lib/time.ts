import exec from "k6/execution";

/** Seconds since this VU's scenario began. */
export function secondsSinceStart(): number {
  return (Date.now() - exec.scenario.startTime) / 1000;
}
