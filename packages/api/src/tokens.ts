import { createHash } from "node:crypto";
import { FIRST_EPOCH, findLink, type Owner, readLink } from "@steadfast/core";
import { createSigner, createVerifier } from "fast-jwt";

/** Lifetime of a token in seconds. */
export const TOKEN_LIFETIME = 3600;

/** Most verified tokens that are remembered until they expire. */
const REMEMBERED = 1000;

const MIN_KEY_BYTES = 32;
const ISSUER = "steadfast";
const ALGORITHM = "HS256";

/**
 * The token keys of the link `TokenSecret`, at least 32 bytes each. A rotation shifts them: `next`
 * becomes `value`, `value` becomes `previous`. Instances from before and after a rotation, which
 * serve side by side during a rollout, accept each other's tokens.
 */
export interface TokenSecret {
  /** Signs tokens. */
  value: string;
  /** Signed until the last rotation; accepted while its tokens are valid. */
  previous?: string | undefined;
  /** Signs after the next rotation; accepted because other instances may be ahead. */
  next?: string | undefined;
}

/** A token's content: its user, and its expiry in seconds since 1970. */
interface Claims {
  sub: string;
  /** Missing in tokens of older versions. */
  epoch?: string;
  exp: number;
}

/** A verified token. */
interface Known {
  owner: Owner;
  exp: number;
}

/** The keys of the deployment or the local stack. @throws without a signing key */
export function linkedTokenSecret(): TokenSecret {
  return {
    value: readLink("TokenSecret", "value"),
    previous: findLink("TokenSecret", "previous"),
    next: findLink("TokenSecret", "next"),
  };
}

/**
 * Bearer tokens (JWT, HS256) that identify the user of a request, valid for an hour.
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
   * By a token's header, which is the same for all tokens of a key and names it. No other header is
   * accepted: the sender chooses neither key nor algorithm.
   */
  readonly #verifiers = new Map<string, (token: string) => Claims>();
  /**
   * By the token itself. The verifier's own cache hashes the token, which costs most of what it
   * saves and hides nothing: the keys, which are worth more, are in memory, too.
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

  /** Issues a token for a user. */
  sign({ id, epoch }: Owner): string {
    return this.#sign({ sub: id, epoch });
  }

  /**
   * The token's user; `undefined` if it is expired or not ours. Its epoch must be compared with the
   * user's by whoever reads the user.
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

  /** Replaces the oldest when there are too many. */
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
