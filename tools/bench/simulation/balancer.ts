import type { Clock } from "./clock.ts";
import { API } from "./facts.ts";
import type { Instance } from "./instance.ts";
import type { Random } from "./random.ts";

export type Algorithm = "round-robin" | "least-outstanding-requests";

interface Target {
  instance: Instance;
  healthy: boolean;
  /** Checks in a row that said otherwise. */
  against: number;
  leaving: boolean;
}

/** An Application Load Balancer: checks its targets' health and chooses one for each request. */
export class Balancer {
  readonly #targets: Target[] = [];
  #next = 0;
  /** Targets of requests, cached because every request reads them. */
  #open: Instance[] = [];

  readonly #clock: Clock;
  readonly #random: Random;
  readonly #algorithm: Algorithm;

  constructor(clock: Clock, random: Random, algorithm: Algorithm = "least-outstanding-requests") {
    this.#clock = clock;
    this.#random = random;
    this.#algorithm = algorithm;
  }

  /** Targets that get requests. */
  get size(): number {
    return this.#open.length;
  }

  /**
   * Adds a target, which gets requests once it is healthy.
   *
   * @param onChange called when its health changes
   */
  add(instance: Instance, onChange: (healthy: boolean) => void, healthy = false): void {
    const target: Target = { instance, healthy, against: 0, leaving: false };
    this.#targets.push(target);
    this.#choose();
    const { interval, timeout } = API.health;
    this.#clock.every(
      interval,
      () => {
        if (target.leaving) return false;
        const passed = target.instance.healthy(this.#clock.now, this.#random);
        this.#clock.after(passed ? 0 : timeout, () => this.#count(target, passed, onChange));
        return true;
      },
      this.#random.uniform() * interval,
    );
  }

  /** Takes a target out at once. */
  remove(instance: Instance): void {
    const index = this.#targets.findIndex((target) => target.instance === instance);
    const [target] = this.#targets.splice(index, index < 0 ? 0 : 1);
    if (target) target.leaving = true;
    this.#choose();
  }

  /** The target of the next request; without a healthy one, any. */
  choose(now: number): Instance | undefined {
    const open = this.#open;
    const first = open[this.#next++ % open.length];
    if (this.#algorithm === "round-robin" || !first) return first;
    let best = first;
    let least = best.outstanding(now);
    // From a place that moves on, so that equals take turns.
    for (let i = 0; i < open.length && least > 0; i++) {
      const other = open[(this.#next + i) % open.length] as Instance;
      const outstanding = other.outstanding(now);
      if (outstanding < least) [best, least] = [other, outstanding];
    }
    return best;
  }

  /** Counts a check, of which a failure is known only after its timeout. */
  #count(target: Target, passed: boolean, onChange: (healthy: boolean) => void): void {
    if (passed === target.healthy) {
      target.against = 0;
      return;
    }
    const enough = passed ? API.health.healthy : API.health.unhealthy;
    if (target.leaving || ++target.against < enough) return;
    target.healthy = passed;
    target.against = 0;
    this.#choose();
    onChange(passed);
  }

  #choose(): void {
    const healthy = this.#targets.filter((target) => target.healthy);
    this.#open = (healthy.length > 0 ? healthy : this.#targets).map(({ instance }) => instance);
  }
}
