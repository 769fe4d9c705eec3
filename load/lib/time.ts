import exec from "k6/execution";

/** Seconds since the scenario of this VU began. */
export function secondsSinceStart(): number {
  return (Date.now() - exec.scenario.startTime) / 1000;
}
