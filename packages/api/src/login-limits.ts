import ipaddr from "ipaddr.js";
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { HttpProblem } from "./problems.ts";

const WINDOW_SECONDS = 15 * 60;

/** One address may fail at this many times as many logins as at one: many people share an address. */
const ADDRESS_FACTOR = 10;

/** Groups of 16 bits in the part of an IPv6 address that a network shares. */
const NETWORK_GROUPS = 4;

/**
 * Slows down the guessing of passwords: counts failed logins per login and address, and per
 * address over all logins; IPv6 addresses of a /64 count as one. Counted in this process; a group of
 * n processes lets n times as much through.
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
    const client = clientOf(address);
    // An address has no space in it, so the two cannot be confused.
    const key = `${client} ${login.toLowerCase()}`;
    const success = await counted(this.#byLogin, key, () =>
      counted(this.#byAddress, client, attempt),
    );
    if (success) await Promise.all([forgive(this.#byAddress, client), this.#byLogin.delete(key)]);
    return success;
  }
}

/**
 * Whom an address stands for. Who has one of IPv6 has its whole /64, so that is what counts; an IPv4
 * address counts the same as when it is written as one of IPv6.
 */
function clientOf(address: string): string {
  // A trusted proxy may say what it likes.
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  return `${parsed.parts
    .slice(0, NETWORK_GROUPS)
    .map((group) => group.toString(16))
    .join(":")}::/64`;
}

/**
 * Runs what counts unless it throws. What is refused because of one counter counts for none, else
 * hammering at one login would lock its address out of all the others.
 * @throws HttpProblem 429 when the key has no points left
 */
async function counted<Result>(
  limiter: RateLimiterAbstract,
  key: string,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    await forgive(limiter, key);
    throw tooMany(Math.max(1, Math.ceil(refused.msBeforeNext / 1000)));
  }
  try {
    return await run();
  } catch (error) {
    await forgive(limiter, key);
    throw error;
  }
}

/** Takes one back. A key without failures is forgotten, so that trying many logins fills no memory. */
async function forgive(limiter: RateLimiterAbstract, key: string): Promise<void> {
  const { consumedPoints } = await limiter.reward(key);
  if (consumedPoints <= 0) await limiter.delete(key);
}

function tooMany(seconds: number): HttpProblem {
  return new HttpProblem(
    429,
    "Too Many Requests",
    `Too many failed logins; try again in ${seconds} seconds.`,
    { headers: { "retry-after": String(seconds) } },
  );
}
