/** How long an answer counts, in milliseconds: however often it is asked for, dependencies are not. */
const FRESH = 1000;

/** Asks a dependency whether it answers; throws when it does not. */
export type Ping = () => Promise<void>;

/** How a dependency is. */
export interface Dependency {
  name: string;
  answers: boolean;
  /** How long it took to answer or to be given up, in milliseconds. */
  ms: number;
}

/** What the API cannot do without, for people and dashboards; the balancer's health is {@link Readiness}. */
export class Dependencies {
  readonly #pings: Record<string, Ping>;
  #looked: Promise<Dependency[]> | undefined;
  #goodUntil = 0;

  /** @param pings by the name of what they ask, such as `DynamoDB` */
  constructor(pings: Record<string, Ping>) {
    this.#pings = pings;
  }

  /** Asks all of them at once, unless that was done a moment ago. Never throws. */
  look(): Promise<Dependency[]> {
    if (this.#looked && performance.now() < this.#goodUntil) return this.#looked;
    // Also while it is under way, which takes a second at most.
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
