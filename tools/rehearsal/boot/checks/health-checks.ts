import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2";
import { settings } from "../balancer.ts";
import type { Machine } from "../machine.ts";
import { send } from "./probe.ts";

/**
 * Checks a machine's health as the deployed target group does, starting at every second: the balancer here
 * is more patient.
 */
export class HealthChecks {
  readonly #group: TargetGroup;
  /** How long each took in milliseconds, a check a second; infinite without a 200. */
  readonly #took: Promise<number>[] = [];
  readonly #asking: Promise<void>;
  #ended = false;

  constructor({ url }: Machine, group: TargetGroup) {
    this.#group = group;
    this.#asking = this.#ask(`${url}${group.HealthCheckPath}`);
  }

  /**
   * @returns milliseconds of the slowest
   * @throws when the target group would have given the machine up
   */
  async end(): Promise<number> {
    this.#ended = true;
    await this.#asking;
    const took = await Promise.all(this.#took);
    const { interval, timeout, unhealthy } = settings(this.#group);
    const late = took.map((each) => each > timeout * 1000);
    const given = late.findIndex((_, first) =>
      Array.from({ length: unhealthy }, (_, n) => late[first + n * interval]).every(Boolean),
    );
    assert.equal(given, -1, `the target group gives it up: checks took ${took.join(", ")} ms`);
    return Math.round(Math.max(...took));
  }

  async #ask(url: string): Promise<void> {
    while (!this.#ended) {
      const began = performance.now();
      this.#took.push(
        send(url, { agent: false }).then(
          ({ statusCode }) =>
            statusCode === 200 ? performance.now() - began : Number.POSITIVE_INFINITY,
          () => Number.POSITIVE_INFINITY,
        ),
      );
      await sleep(1000);
    }
  }
}
