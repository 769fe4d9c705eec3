import { createHash } from "node:crypto";
import { FIRST_EPOCH, findLink, type Owner, readLink } from "@steadfast/core";
import { createSigner, createVerifier } from "fast-jwt";

/** Seconds for which a token is good. */
export const TOKEN_LIFETIME = 3600;

/** Tokens that were found good are remembered until they expire, so many at most. */
const REMEMBERED = 1000;

const MIN_KEY_BYTES = 32;
const ISSUER = "steadfast";
const ALGORITHM = "HS256";

/**
 * The keys of the tokens, as the link `TokenSecret` has them; each of at least 32 bytes. A rotation
 * moves them along: `next` becomes `value`, `value` becomes `previous`. So instances from before and
 * after it, which serve side by side while it is rolled out, accept each other's tokens.
 */
export interface TokenSecret {
  /** Signs. */
  value: string;
  /** Signed until the last rotation; accepted, for what it signed may still be good. */
  previous?: string | undefined;
  /** Signs after the next rotation; accepted, for other instances may be ahead of this one. */
  next?: string | undefined;
}

/** What a token says: whose it is, and until when, in seconds since 1970. */
interface Claims {
  sub: string;
  /** Missing in tokens of versions that did not know it. */
  epoch?: string;
  exp: number;
}

/** A token that was found good. */
interface Known {
  owner: Owner;
  exp: number;
}

/** The keys that the deployment or the local stack linked. @throws when there is none that signs */
export function linkedTokenSecret(): TokenSecret {
  return {
    value: readLink("TokenSecret", "value"),
    previous: findLink("TokenSecret", "previous"),
    next: findLink("TokenSecret", "next"),
  };
}

/**
 * Bearer tokens (JWT, HS256) that say which user a request comes from, good for an hour.
 *
 * @example
 * ```ts
 * const tokens = new Tokens({ value: "at least thirty-two bytes of secret" });
 * tokens.verify(tokens.sign({ id, epoch })); // { id, epoch }
 * ```
 */
export class Tokens {
  readonly #sign: (payload: Omit<Claims, "exp">) => string;
  /**
   * By a token's first part. It is the same for all tokens of a key, which it names, and no other is
   * ours: neither key nor algorithm is ever the sender's choice.
   */
  readonly #verifiers = new Map<string, (token: string) => Claims>();
  /**
   * By the token itself. The verifier's own memory goes by a hash, which costs most of what it saves
   * and hides nothing: the keys, which are worth more, are in memory, too.
   */
  readonly #good = new Map<string, Known>();

  /** @throws when a key is too short */
  constructor(secret: TokenSecret) {
    const { value, previous, next } = secret;
    const keys = [value, previous, next].filter((key) => key !== undefined);
    keys.forEach(checkLength);
    this.#sign = signer(value);
    for (const key of keys) this.#verifiers.set(headerOf(signer(key)({ sub: "" })), verifier(key));
  }

  /** A token of a user. */
  sign({ id, epoch }: Owner): string {
    return this.#sign({ sub: id, epoch });
  }

  /**
   * The user whose token it is; `undefined` when it is expired or none of ours. Whether its epoch is
   * still the user's can only be told by who reads the user.
   */
  verify(token: string): Owner | undefined {
    const known = this.#good.get(token);
    if (known && Date.now() < known.exp * 1000) return known.owner;
    this.#good.delete(token);
    try {
      const claims = this.#verifiers.get(headerOf(token))?.(token);
      if (!claims) return undefined;
      const { sub: id, epoch = FIRST_EPOCH, exp } = claims;
      const owner = { id, epoch };
      this.#remember(token, { owner, exp });
      return owner;
    } catch {
      return undefined;
    }
  }

  /** In the place of the one that has been known for longest, when there are too many. */
  #remember(token: string, known: Known): void {
    const [oldest] = this.#good.size < REMEMBERED ? [] : this.#good.keys();
    if (oldest !== undefined) this.#good.delete(oldest);
    this.#good.set(token, known);
  }
}

function signer(key: string) {
  return createSigner({
    key,
    algorithm: ALGORITHM,
    kid: createHash("sha256").update(key).digest("base64url").slice(0, 8),
    iss: ISSUER,
    expiresIn: TOKEN_LIFETIME * 1000,
  });
}

function verifier(key: string) {
  return createVerifier({
    key,
    algorithms: [ALGORITHM],
    allowedIss: ISSUER,
    requiredClaims: ["sub", "exp", "iss"],
  });
}

function headerOf(token: string): string {
  return token.slice(0, token.indexOf("."));
}

function checkLength(key: string): void {
  if (Buffer.byteLength(key) >= MIN_KEY_BYTES) return;
  throw new Error(
    `The link TokenSecret is too short: it must have at least ${MIN_KEY_BYTES} bytes, ` +
      'for example from "openssl rand -base64 48".',
  );
}
