import { HttpProblem } from "../problems.ts";
import { networksOf } from "./networks.ts";
import { Rate } from "./rate.ts";

/** Of one client's: a site may be a town, or one person. */
const SITE_FACTOR = 10;

/** One share of a {@link Rate}. */
export type Share = readonly [rate: Rate, key: string];

/** Takes one from each share, or none. @returns the seconds to wait, or 0 */
export function takeAll(shares: readonly Share[]): number {
  for (const [i, [rate, key]] of shares.entries()) {
    const wait = rate.take(key);
    if (wait === 0) continue;
    // Otherwise a refusal by one share could be used to lock somebody out of another.
    giveAllBack(shares.slice(0, i));
    return wait;
  }
  return 0;
}

export function giveAllBack(shares: readonly Share[]): void {
  for (const [rate, key] of shares) rate.giveBack(key);
}

/** A {@link Rate} per client, and ten times as much per IPv6 site. */
export class AddressRate {
  readonly #clients: Rate;
  readonly #sites: Rate;

  constructor(amount: number, seconds: number) {
    this.#clients = new Rate(amount, seconds);
    this.#sites = new Rate(amount * SITE_FACTOR, seconds);
  }

  sharesOf(address: string): Share[] {
    const { client, site } = networksOf(address);
    const shares: Share[] = [[this.#clients, client]];
    if (site !== undefined) shares.push([this.#sites, site]);
    return shares;
  }

  get size(): number {
    return this.#clients.size + this.#sites.size;
  }
}

/** @param what is limited, e.g. `failed logins` */
export function tooMany(what: string, seconds: number): HttpProblem {
  const wait = seconds === 1 ? "a second" : `${seconds} seconds`;
  return new HttpProblem(429, `Too many ${what}; try again in ${wait}.`, {
    headers: { "retry-after": String(seconds) },
  });
}
