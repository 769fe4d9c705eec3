import type { Credentials, PostgresSettings } from "./settings.ts";

/** Who connects, and with what. */
export interface Login {
  username: string;
  password: string;
}

/** How long a token of IAM serves for new connections, in milliseconds; RDS takes it for 15 minutes. */
const TOKEN_LIFE = 10 * 60_000;

/**
 * The login that credentials stand for. A secret is read when it is first asked for, and again after
 * {@link LoginSource.forget}: that is how a rotated password is found, and a rotated user name with it.
 * A token of IAM is signed anew before it expires.
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

  /** @throws when the secret cannot be read, or is no `{ username, password }`; the next call tries again */
  get(): Promise<Login> {
    if (this.#login && performance.now() < this.#goodUntil) return this.#login;
    this.#goodUntil = performance.now() + this.#life;
    const login = this.#read();
    this.#login = login;
    login.catch(() => this.forget(login));
    return login;
  }

  /** It was refused: read it again when it is next asked for, unless that has happened meanwhile. */
  forget(login: Promise<Login>): void {
    if (this.#login === login) this.#login = undefined;
  }
}

/** How credentials become a login. What reads them from AWS is loaded where it is needed alone. */
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
