import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import PQueue from "p-queue";
import { DomainError } from "../errors.ts";
import { type Argon2Parameters, formatPhc, type PhcHash, parsePhc } from "./phc.ts";

const argon2Async = promisify(argon2);

/** OWASP's minimum for Argon2id; 20–40 ms of one CPU. */
export const DEFAULT_PARAMETERS: Argon2Parameters = { memory: 19_456, passes: 2, parallelism: 1 };

const SALT_BYTES = 16;
const TAG_BYTES = 32;

export interface PasswordsOptions {
  /** Cost of new hashes; stored hashes of another cost are renewed at the next login. */
  parameters?: Argon2Parameters;
  /** Concurrent hashes, each on a thread of its own. @default 2 */
  concurrency?: number;
  /** Hashes of each {@link Purpose} that may wait. @default 64 */
  queue?: number;
}

/**
 * Registrations, which anybody may request, have a queue of their own that yields to the other: a
 * flood of them keeps nobody from logging in.
 */
export type Purpose = "registration" | "account";

const PRIORITY: Record<Purpose, number> = { registration: 0, account: 1 };

/**
 * Hashes and verifies passwords with Argon2id, off the event loop and with bounded concurrency, so
 * that a burst neither fills the memory nor starves other work.
 */
export class Passwords {
  readonly #parameters: Argon2Parameters;
  readonly #queue: PQueue;
  readonly #places: number;
  /** Stands in for the hash of an unknown login; no password matches it. */
  readonly #decoy: PhcHash;

  constructor(options: PasswordsOptions = {}) {
    const { parameters = DEFAULT_PARAMETERS, concurrency = 2, queue = 64 } = options;
    this.#parameters = parameters;
    this.#queue = new PQueue({ concurrency });
    this.#places = queue;
    this.#decoy = { ...parameters, salt: randomBytes(SALT_BYTES), tag: randomBytes(TAG_BYTES) };
  }

  /**
   * Hashes a password with a new salt, in PHC string format.
   * @throws DomainError `limited` when the queue is full
   */
  async hash(password: string, purpose: Purpose = "account"): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const tag = await this.#argon2(password, salt, TAG_BYTES, this.#parameters, purpose);
    return formatPhc({ ...this.#parameters, salt, tag });
  }

  /**
   * Compares a password with a stored hash in constant time. Without one (unknown login) it hashes
   * anyway, so that timing does not reveal which logins exist.
   * @throws DomainError `limited` when the queue is full
   */
  async verify(password: string, stored: string | undefined): Promise<boolean> {
    const { salt, tag, ...parameters } = stored === undefined ? this.#decoy : parsePhc(stored);
    const computed = await this.#argon2(password, salt, tag.length, parameters);
    return timingSafeEqual(computed, tag) && stored !== undefined;
  }

  /** Whether a stored hash has another cost than new ones. */
  isOutdated(stored: string): boolean {
    const { memory, passes, parallelism } = parsePhc(stored);
    const now = this.#parameters;
    return memory !== now.memory || passes !== now.passes || parallelism !== now.parallelism;
  }

  async #argon2(
    password: string,
    nonce: Buffer,
    tagLength: number,
    parameters: Argon2Parameters,
    purpose: Purpose = "account",
  ): Promise<Buffer> {
    const priority = PRIORITY[purpose];
    const free = this.#queue.pending < this.#queue.concurrency;
    if (!free && this.#queue.sizeBy({ priority }) >= this.#places) throw full(purpose);
    const message = composed(password);
    const hash = () => argon2Async("argon2id", { message, nonce, tagLength, ...parameters });
    return this.#queue.add(hash, { priority });
  }
}

function full(purpose: Purpose): DomainError {
  const what = purpose === "registration" ? "people register" : "passwords are being checked";
  return new DomainError("limited", `Too many ${what} at once; try again in a moment.`);
}

export function isSamePassword(one: string, other: string): boolean {
  return composed(one) === composed(other);
}

/** The same password, typed on another system, may be composed differently. */
function composed(password: string): string {
  return password.normalize("NFC");
}
