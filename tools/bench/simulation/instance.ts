import { API } from "./facts.ts";
import type { Kind } from "./mix.ts";
import { Outstanding } from "./outstanding.ts";
import type { Random } from "./random.ts";
import { Station } from "./station.ts";

/** Outcome of a request. */
export interface Outcome {
  /** Seconds until its client knew. */
  latency: number;
  failure?: "shed" | "timeout";
}

export interface Shape {
  /** Virtual processors, which is also how many processes there are. */
  vcpus: number;
}

/** Seconds of a bucket in which CPU time is counted. */
export const BUCKET = 10;

class Process {
  readonly loop = new Station(1);
  readonly passwords = new Station(API.passwords.atOnce);
  /** Whether it sheds requests, and when it last decided. */
  shedding = false;
  looked = 0;
}

/**
 * A machine with a process per vCPU. A request goes to one process, waits for its event loop, and passwords
 * are hashed by its threads. Busy threads share the vCPUs evenly.
 */
export class Instance {
  alive = true;
  /** CPU seconds by bucket of the simulation's time. */
  readonly used: number[] = [];
  readonly #processes: Process[];
  readonly #outstanding = new Outstanding();
  readonly #vcpus: number;

  constructor({ vcpus }: Shape) {
    this.#vcpus = vcpus;
    this.#processes = Array.from({ length: vcpus }, () => new Process());
  }

  /** Requests that it has not answered. */
  outstanding(now: number): number {
    return this.#outstanding.count(now);
  }

  /** Takes a request; they must come in order of time. */
  serve(now: number, kind: Kind, random: Random, hang: number): Outcome {
    if (!this.alive) {
      this.#outstanding.add(now, now + hang);
      return { latency: API.patience, failure: "timeout" };
    }
    const process = this.#processes[random.below(this.#processes.length)] as Process;
    const share = this.#share(process, now);
    const shed =
      this.#sheds(process, now) ||
      (kind.hashing > 0 && process.passwords.waiting(now) >= API.passwords.queue);
    // Answers differ in size and luck, hashes do not.
    const work = shed ? API.shed : random.exponential(kind.cpu);
    let end = process.loop.take(now, work / share);
    this.#use(end, work);
    if (!shed && kind.hashing > 0) {
      end = process.passwords.take(end, kind.hashing / share);
      this.#use(end, kind.hashing);
    }
    if (!shed) end += random.exponential(API.call * kind.calls);
    this.#outstanding.add(now, end);
    const latency = end - now;
    if (shed) return { latency, failure: "shed" };
    return latency > API.patience ? { latency: API.patience, failure: "timeout" } : { latency };
  }

  /** Whether a check of its health is answered in time; no process ever turns one away. */
  healthy(now: number, random: Random): boolean {
    const process = this.#processes[random.below(this.#processes.length)] as Process;
    return this.alive && process.loop.wait(now) < API.health.timeout;
  }

  /** Share of the vCPUs that were at work in some buckets, 0 to 1. */
  utilisation(from: number, to: number): number {
    let used = 0;
    for (let i = from; i < to; i++) used += this.used[i] ?? 0;
    return Math.min(1, used / ((to - from) * BUCKET * this.#vcpus));
  }

  /** The part of a processor that the event loop of a process gets. */
  #share(own: Process, now: number): number {
    let threads = own.loop.busy(now) > 0 ? 0 : 1;
    for (const { loop, passwords } of this.#processes)
      threads += loop.busy(now) + passwords.busy(now);
    return Math.min(1, this.#vcpus / threads);
  }

  #sheds(process: Process, now: number): boolean {
    if (now - process.looked >= API.overload.interval) {
      process.looked = now;
      process.shedding = process.loop.wait(now) > API.overload.delay;
    }
    return process.shedding;
  }

  #use(at: number, seconds: number): void {
    const bucket = Math.floor(at / BUCKET);
    this.used[bucket] = (this.used[bucket] ?? 0) + seconds;
  }
}
