/** Rotates a database's login between two users, as Secrets Manager does. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Login {
  username: string;
  password: string;
}

/**
 * AWS's rotation by alternating users: the other user gets a new password and becomes the login.
 * The previous one is locked out at once, as after a leak.
 */
export class AlternatingUsers {
  readonly #names: [string, string];
  readonly #sql: (statement: string) => Promise<void>;
  #login: Login;
  #rounds = 0;

  /** @param sql runs a statement as administrator */
  constructor(login: Login, sql: (statement: string) => Promise<void>) {
    this.#login = login;
    this.#names = [login.username, `${login.username}_clone`];
    this.#sql = sql;
  }

  get login(): Login {
    return this.#login;
  }

  /** @param publish puts the new login into its secret */
  async rotate(publish: (login: Login) => Promise<void> = async () => {}): Promise<void> {
    const [first, clone] = this.#names;
    if (this.#rounds++ === 0) {
      await this.#sql(`create role ${clone}`);
      await this.#sql(`grant ${first} to ${clone}`);
    }
    const { username: before } = this.#login;
    const username = before === first ? clone : first;
    const login = { username, password: `rotated-${this.#rounds}-${Date.now()}` };
    await this.#sql(`alter role ${username} login password '${login.password}'`);
    this.#login = login;
    await publish(login);
    await this.#sql(`alter role ${before} nologin password null`);
    await this.#sql(
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${before}'`,
    );
  }
}

/** The part of Secrets Manager that reads one secret. */
export interface SecretServer {
  readonly reads: number;
  /** With which the SDK finds it. */
  environment: Record<string, string>;
  stop(): Promise<void>;
}

/** Starts it on a free port of 127.0.0.1; the value is computed for each read. */
export async function startSecretServer(value: () => object): Promise<SecretServer> {
  let reads = 0;
  const server = createServer(async (request, response) => {
    await request.toArray();
    reads += 1;
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify({ SecretString: JSON.stringify(value()) }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    get reads() {
      return reads;
    },
    environment: {
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "rehearsal",
      AWS_SECRET_ACCESS_KEY: "rehearsal",
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${port}`,
    },
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
