import { performance } from "node:perf_hooks";
import { Passwords } from "@steadfast/core";
import { milliseconds } from "./format.ts";
import { routes, type Summary } from "./summary.ts";

/** Cost of hashing a password on this machine. */
export interface Hashing {
  /** Milliseconds of one hash on an idle machine. */
  alone: number;
}

/** Routes that hash once per request. */
const HASHING = ["POST /users/", "POST /sessions"];
const ROUNDS = 5;

/** Hashes a few passwords as the API does. @returns the fastest, because others met contention */
export async function measureHashing(): Promise<Hashing> {
  const passwords = new Passwords();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await passwords.hash("correct horse battery");
    times.push(performance.now() - start);
  }
  return { alone: Math.min(...times) };
}

/** Describes hashing's share of the routes that need it. */
export function shareOfHashing({ alone }: Hashing, { summary }: { summary: Summary }): string {
  const lines = routes(summary)
    .filter(({ name }) => HASHING.includes(name))
    .map(({ name, med, p95 }) => {
      // Faster than a hash: most were answered without one.
      if (med < alone / 2)
        return `- ${name}: most were turned away without hashing (p95 ${milliseconds(p95)}).`;
      const share = Math.min(100, Math.round((alone / med) * 100));
      return `- ${name}: ${share} % of the median of ${milliseconds(med)} (p95 ${milliseconds(p95)}).`;
    });
  return [
    `One Argon2id hash took ${milliseconds(alone)} here before the run, alone. The rest of a request is mostly waiting for its turn: the API computes two at once, and k6 shares the CPU.`,
    ...lines,
  ].join("\n");
}
