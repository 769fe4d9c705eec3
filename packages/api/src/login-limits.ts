import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { HttpProblem } from "./problems.ts";

const WINDOW_SECONDS = 15 * 60;

/** One address may fail at this many times as many logins as at one: many people share an address. */
const ADDRESS_FACTOR = 10;

/**
 * Slows down the guessing of passwords: counts failed logins per login and address, and per
 * address over all logins. Counted in this process; a group of n processes lets n times as much
 * through.
 */
export class LoginLimits {
  readonly #byLogin: RateLimiterAbstract;
  readonly #byAddress: RateLimiterAbstract;

  /** @param failures failed logins per login and address in 15 minutes */
  constructor(failures: number) {
    this.#byLogin = new RateLimiterMemory({ points: failures, duration: WINDOW_SECONDS });
    this.#byAddress = new RateLimiterMemory({
      points: failures * ADDRESS_FACTOR,
      duration: WINDOW_SECONDS,
    });
  }

  /**
   * Runs one attempt. It counts as failed from the start, so that attempts at the same time cannot
   * slip through, and is forgiven when it succeeds or when it could not be made.
   * @param attempt resolves to `undefined` when login or password are wrong
   * @throws HttpProblem 429 when there were too many
   */
  async attempt<Success>(
    login: string,
    address: string,
    attempt: () => Promise<Success | undefined>,
  ): Promise<Success | undefined> {
    // An address has no space in it, so the two cannot be confused.
    const key = `${address} ${login.toLowerCase()}`;
    await consume(this.#byAddress, address);
    await consume(this.#byLogin, key);
    const forgive = () => Promise.all([this.#byAddress.reward(address), this.#byLogin.reward(key)]);
    try {
      const success = await attempt();
      if (success) await Promise.all([this.#byAddress.reward(address), this.#byLogin.delete(key)]);
      return success;
    } catch (error) {
      await forgive();
      throw error;
    }
  }
}

async function consume(limiter: RateLimiterAbstract, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    const seconds = Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
    throw new HttpProblem(
      429,
      "Too Many Requests",
      `Too many failed logins; try again in ${seconds} seconds.`,
      { headers: { "retry-after": String(seconds) } },
    );
  }
}
