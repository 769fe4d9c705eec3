/** What this repository's own commands have measured, read from the pages that they write. */
import { readFileSync } from "node:fs";

export interface Measured {
  /**
   * CPU time of a kind of request, in seconds; `npm run bench` prints it. The more connections, the more
   * calls of the database a request shares.
   * @param connections as in the page's table, @default 64
   */
  cpu(request: string, connections?: number): number;
  /** CPU time of hashing a password, in seconds; the same. */
  hashing: number;
  /** From power-on to ready, in seconds; `npm run rehearse:boot` prints it. */
  boot: number;
  /** From ready to the first request of the balancer, in seconds; the same. */
  joining: number;
}

const page = (name: string) =>
  readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), "utf8");

/**
 * Reads docs/performance.md and docs/boot-rehearsal.md.
 *
 * @throws when a number is not where it was
 */
export function readMeasured(
  performance = page("performance"),
  rehearsal = page("boot-rehearsal"),
): Measured {
  const number = (text: string, pattern: RegExp, what: string): number => {
    const found = Number(pattern.exec(text)?.[1]);
    if (Number.isFinite(found)) return found;
    throw new Error(`No ${what} in the docs; the pages that the commands write have changed.`);
  };
  const boots = [...rehearsal.matchAll(/^([\d.]+) s after power-on/gm)].map(([, at]) => Number(at));
  if (boots.length === 0) throw new Error("No boot in docs/boot-rehearsal.md.");
  return {
    cpu: (request, connections = 64) =>
      number(
        performance,
        new RegExp(`^\\| ${request} +\\| +${connections} +\\| +([\\d.]+)`, "m"),
        `CPU time of ${request} at ${connections} connections`,
      ) / 1e6,
    hashing: number(performance, /([\d.]+) ms of CPU time on a thread/, "hashing") / 1e3,
    boot: boots.reduce((sum, each) => sum + each, 0) / boots.length,
    joining: number(rehearsal, /in the balancer ([\d.]+) s later/, "joining of the balancer"),
  };
}
