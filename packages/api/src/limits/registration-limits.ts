import { DomainError } from "@steadfast/core";
import { AddressRate, giveAllBack, takeAll, tooMany } from "./budget.ts";

const QUARTER_OF_AN_HOUR = 15 * 60;

/**
 * Slows down registrations by address, and with them probing for taken logins: every attempt
 * counts, except those that we could not serve.
 */
export class RegistrationLimits {
  readonly #byAddress: AddressRate;

  /** @param amount registrations from an address in 15 minutes */
  constructor(amount: number) {
    this.#byAddress = new AddressRate(amount, QUARTER_OF_AN_HOUR);
  }

  /** @throws HttpProblem 429 after too many */
  async attempt<Result>(address: string, run: () => Promise<Result>): Promise<Result> {
    const shares = this.#byAddress.sharesOf(address);
    const wait = takeAll(shares);
    if (wait > 0) throw tooMany("registrations from this address", wait);
    return run().catch((error) => {
      if (error instanceof DomainError && OURS.has(error.kind)) giveAllBack(shares);
      throw error;
    });
  }
}

/** Failures that are not the client's. */
const OURS: ReadonlySet<string> = new Set(["limited", "throttled", "unavailable"]);
