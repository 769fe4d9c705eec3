/** Milliseconds for which an answer is kept, so that probes never add load. */
const FRESH = 1000;

export type Ping = () => Promise<void>;

export interface Dependency {
  name: string;
  answers: boolean;
  /** Milliseconds until it answered or was given up. */
  ms: number;
}

/** What the API depends on, for people; the balancer's health is {@link Readiness}. */
export class Dependencies {
  readonly #pings: Record<string, Ping>;
  #looked: Promise<Dependency[]> | undefined;
  #goodUntil = 0;

  constructor(pings: Record<string, Ping>) {
    this.#pings = pings;
  }

  /** Checks all of them, unless they were just checked. Never throws. */
  look(): Promise<Dependency[]> {
    if (this.#looked && performance.now() < this.#goodUntil) return this.#looked;
    // Also while the check runs, which takes a second at most.
    this.#goodUntil = performance.now() + FRESH;
    this.#looked = Promise.all(
      Object.entries(this.#pings).map(([name, ping]) => lookAt(name, ping)),
    );
    return this.#looked;
  }
}

async function lookAt(name: string, ping: Ping): Promise<Dependency> {
  const began = performance.now();
  const answers = await ping().then(
    () => true,
    () => false,
  );
  return { name, answers, ms: Math.round((performance.now() - began) * 10) / 10 };
}
