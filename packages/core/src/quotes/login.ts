import type { Credentials, PostgresSettings } from "./settings.ts";

export interface Login {
  username: string;
  password: string;
}

/** Milliseconds for which a token is used for new connections; RDS accepts it for 15 minutes. */
const TOKEN_LIFE = 10 * 60_000;

/**
 * The login for some credentials. A secret is read on first use and after {@link
 * LoginSource.forget}; an IAM token is signed again before it expires.
 */
export class LoginSource {
  readonly #read: () => Promise<Login>;
  readonly #life: number;
  #login: Promise<Login> | undefined;
  #goodUntil = 0;

  constructor({
    credentials,
    host,
    port,
  }: Pick<PostgresSettings, "credentials" | "host" | "port">) {
    this.#read = reader(credentials, host, port);
    this.#life = "iam" in credentials ? TOKEN_LIFE : Number.POSITIVE_INFINITY;
  }

  /**
   * @throws when the secret is unreadable or not `{ username, password }`; the next call retries
   */
  get(): Promise<Login> {
    if (this.#login && performance.now() < this.#goodUntil) return this.#login;
    this.#goodUntil = performance.now() + this.#life;
    const login = this.#read();
    this.#login = login;
    login.catch(() => this.forget(login));
    return login;
  }

  /** The login was refused: reads it again on next use, unless that has happened meanwhile. */
  forget(login: Promise<Login>): void {
    if (this.#login === login) this.#login = undefined;
  }
}

/** AWS clients are loaded only where needed. */
function reader(credentials: Credentials, hostname: string, port: number): () => Promise<Login> {
  if ("secretArn" in credentials) {
    return async () => (await import("./secret.ts")).readSecret(credentials.secretArn);
  }
  if ("iam" in credentials) {
    const { username } = credentials;
    return async () => (await import("./token.ts")).signToken(username, hostname, port);
  }
  return () => Promise.resolve(credentials);
}
