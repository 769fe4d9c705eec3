import { AddressRate, giveAllBack, type Share, takeAll, tooMany } from "./budget.ts";
import { networksOf } from "./networks.ts";
import { Rate } from "./rate.ts";

const QUARTER_OF_AN_HOUR = 15 * 60;
const HOUR = 60 * 60;

/**
 * Failures of an address at all logins, as a multiple of those at one: many people share an
 * address.
 */
const ADDRESS_FACTOR = 10;

/** Failures at one login from anywhere in an hour, as a multiple of those from one address. */
const LOGIN_FACTOR = 10;

/** Attempts of one client under way: half of the whole queue. */
const AT_ONCE = 32;

const FAILED = "failed logins";

export interface Attempt {
  login: string;
  address: string;
  /** Whether the login succeeded from this address before; asked only when it matters. */
  isKnown: () => Promise<boolean>;
}

/**
 * Slows down password guessing by counting failures
 * - per login and client (10 in 15 minutes),
 * - per client over all logins (100), and per IPv6 site (1000),
 * - per login from anywhere (100 in an hour).
 *
 * The wider limits do not apply to clients who used the login from that address before, so nobody
 * is locked out by the failures of others.
 */
export class LoginLimits {
  readonly #byPair: Rate;
  readonly #byAddress: AddressRate;
  readonly #byLogin: Rate;
  readonly #underWay = new Map<string, number>();

  /** @param failures per login and address in 15 minutes; the other limits follow from it */
  constructor(failures: number) {
    this.#byPair = new Rate(failures, QUARTER_OF_AN_HOUR);
    this.#byAddress = new AddressRate(failures * ADDRESS_FACTOR, QUARTER_OF_AN_HOUR);
    this.#byLogin = new Rate(failures * LOGIN_FACTOR, HOUR);
  }

  get size(): number {
    return this.#byPair.size + this.#byAddress.size + this.#byLogin.size + this.#underWay.size;
  }

  /**
   * Runs one attempt. It counts as a failure from the start, so that parallel attempts cannot slip
   * through, and is refunded when it succeeds or could not be made.
   * @param run resolves to `undefined` when the login or password is wrong
   * @param isFailure which errors count as a failure, too @default none
   * @throws HttpProblem 429 after too many failures
   */
  async attempt<Success>(
    who: Attempt,
    run: () => Promise<Success | undefined>,
    isFailure: (error: unknown) => boolean = () => false,
  ): Promise<Success | undefined> {
    const { client } = networksOf(who.address);
    const release = this.#enter(client);
    try {
      const shares = await this.#take(who, client);
      const success = await run().catch((error) => {
        if (!isFailure(error)) giveAllBack(shares);
        throw error;
      });
      if (success === undefined) return undefined;
      giveAllBack(shares);
      this.#byPair.forget(pairOf(who, client));
      return success;
    } finally {
      release();
    }
  }

  /** Keeps one client from filling the whole queue. */
  #enter(client: string): () => void {
    const underWay = this.#underWay.get(client) ?? 0;
    if (underWay >= AT_ONCE) throw tooMany("logins at once", 1);
    this.#underWay.set(client, underWay + 1);
    return () => {
      const left = (this.#underWay.get(client) ?? 1) - 1;
      if (left === 0) this.#underWay.delete(client);
      else this.#underWay.set(client, left);
    };
  }

  async #take(who: Attempt, client: string): Promise<Share[]> {
    const own: Share[] = [[this.#byPair, pairOf(who, client)]];
    const wait = takeAll(own);
    if (wait > 0) throw tooMany(FAILED, wait);
    const wide: Share[] = [
      ...this.#byAddress.sharesOf(who.address),
      [this.#byLogin, who.login.toLowerCase()],
    ];
    const widerWait = takeAll(wide);
    if (widerWait === 0) return [...own, ...wide];
    const known = await who.isKnown().catch((error) => {
      giveAllBack(own);
      throw error;
    });
    if (known) return own;
    giveAllBack(own);
    throw tooMany(FAILED, widerWait);
  }
}

/** Addresses contain no space, so the parts cannot be confused. */
function pairOf({ login }: Attempt, client: string): string {
  return `${client} ${login.toLowerCase()}`;
}
