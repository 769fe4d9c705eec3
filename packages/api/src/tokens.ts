import { createHash } from "node:crypto";
import { FIRST_EPOCH, findLink, type Owner, readLink } from "@steadfast/core";
import { createSigner, createVerifier } from "fast-jwt";
import type { TokenKeys } from "./token-keys.ts";

/** In seconds. */
export const TOKEN_LIFETIME = 3600;

/** Most verified tokens that are remembered. */
const REMEMBERED = 1000;

const MIN_KEY_BYTES = 32;
const ISSUER = "steadfast";
const ALGORITHM = "HS256";

/** The keys of the link `TokenSecret`, at least 32 bytes each; on this machine there is one. */
export interface TokenSecret extends Pick<TokenKeys, "value"> {
  previous?: string | undefined;
  next?: string | undefined;
}

interface Claims {
  sub: string;
  /** Missing in tokens of older versions. */
  epoch?: string;
  exp: number;
}

interface Known {
  owner: Owner;
  exp: number;
}

/** @throws without a signing key */
export function linkedTokenSecret(): TokenSecret {
  return {
    value: readLink("TokenSecret", "value"),
    previous: findLink("TokenSecret", "previous"),
    next: findLink("TokenSecret", "next"),
  };
}

/** Bearer tokens (JWT, HS256) that identify the user of a request, valid for an hour. */
export class Tokens {
  readonly #sign: (payload: Omit<Claims, "exp">) => string;
  /**
   * By a token's header, which names its key. No other header is accepted: the sender chooses
   * neither key nor algorithm.
   */
  readonly #verifiers = new Map<string, (token: string) => Claims>();
  /** By the token itself: the verifier's own cache hashes it, which costs most of what it saves. */
  readonly #good = new Map<string, Known>();

  /** @throws when a key is too short */
  constructor(secret: TokenSecret) {
    const { value, previous, next } = secret;
    const keys = [value, previous, next].filter((key) => key !== undefined);
    keys.forEach(checkLength);
    this.#sign = signer(value);
    for (const key of keys) this.#verifiers.set(headerOf(signer(key)({ sub: "" })), verifier(key));
  }

  sign({ id, epoch }: Owner): string {
    return this.#sign({ sub: id, epoch });
  }

  /**
   * The token's user; `undefined` if it is expired or not ours. Whoever reads the user compares the
   * epochs.
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
