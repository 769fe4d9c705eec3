import { randomUUID } from "node:crypto";
import { Database, Passwords, Posts, Removals, Users } from "@steadfast/core";
import { createLogger } from "@steadfast/core/process";
import type { InjectOptions, LightMyRequestResponse } from "fastify";
import { afterAll } from "vitest";
import { PATIENT } from "../../../core/test/support/core.ts";
import { type App, type AppOptions, buildApp } from "../../src/app.ts";
import { loadConfig } from "../../src/config.ts";
import { Dependencies } from "../../src/dependencies.ts";
import { Readiness } from "../../src/readiness.ts";
import { linkedTokenSecret } from "../../src/tokens.ts";
import { Contract, type OpenApi } from "./contract.ts";

const CHEAP = { memory: 8, passes: 1, parallelism: 1 };

/** A line of the log. */
export interface LogLine extends Record<string, unknown> {
  msg: string;
}

export interface CallOptions extends Omit<InjectOptions, "body" | "method"> {
  method?: "GET" | "POST" | "PUT" | "DELETE" | "HEAD" | "OPTIONS" | "PATCH";
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as `Authorization: Bearer`. */
  token?: string | undefined;
}

export interface TestApi {
  app: App;
  /** What was logged while it started. */
  startLog: LogLine[];
  /** What was logged since. */
  log: LogLine[];
  /** Sends a request, and fails unless the OpenAPI document promises the answer. */
  call: (method: Method, url: string, options?: CallOptions) => Promise<Answer>;
}

type Method = NonNullable<CallOptions["method"]>;
export type Answer = LightMyRequestResponse;

export interface TestApiOptions extends Partial<Omit<AppOptions, "config" | "logger">> {
  /** Variables that configure the API. */
  env?: Record<string, string>;
  /** @default one with long timeouts: a busy machine must not cause 503 */
  database?: Database;
  /** @default the cheapest Argon2id: most tests are not about its cost */
  passwordCost?: { memory: number; passes: number; parallelism: number };
}

/** The whole API on this test file's tables, with its log in memory; closed after the file. */
export async function startApi(options: TestApiOptions = {}): Promise<TestApi> {
  const { env = {}, database = new Database(PATIENT), passwordCost = CHEAP, ...parts } = options;
  // The machine may be busy with other files, and all users register from one address;
  // overload.test.ts and others test these limits.
  const config = loadConfig({ OVERLOAD_DELAY_MS: "0", REGISTRATIONS: "1000000", ...env });
  const log: LogLine[] = [];
  const removals = new Removals({ database, propagation: 0 });
  const posts = new Posts({ database, removals });
  const passwords = new Passwords({
    parameters: passwordCost,
    concurrency: config.PASSWORD_CONCURRENCY,
    queue: config.PASSWORD_QUEUE,
  });
  const app = await buildApp({
    config,
    database,
    posts,
    users: new Users({ database, passwords, removals }),
    readiness: new Readiness(() => database.ping()),
    dependencies: new Dependencies({ DynamoDB: () => database.ping() }),
    tokenSecret: linkedTokenSecret(),
    logger: createLogger(config.LOG_LEVEL, false, {
      write: (line) => void log.push(JSON.parse(line)),
    }),
    ...parts,
  });
  afterAll(async () => {
    await app.close();
    database.close();
  });
  const contract = new Contract(app.swagger() as unknown as OpenApi);
  const startLog = log.splice(0);
  return {
    app,
    log,
    startLog,
    async call(method, url, { body, token, headers, ...rest } = {}) {
      const answer = await app.inject({
        method,
        url,
        headers: {
          ...(body !== undefined && { "content-type": "application/json" }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(body !== undefined && { payload: JSON.stringify(body) }),
        ...rest,
      });
      contract.check(method, url, answer);
      return answer;
    },
  };
}

/** A registered user who has logged in. */
export interface Person {
  id: string;
  name: string;
  login: string;
  password: string;
  token: string;
}

/** Registers a user with a new login, and logs in. */
export async function register({ call }: Pick<TestApi, "call">, name = "Ada"): Promise<Person> {
  const input = { name, login: newLogin(), password: `the password of ${name}` };
  const { id } = expectStatus(201, await call("POST", "/users/", { body: input })).json();
  const { login, password } = input;
  const session = expectStatus(200, await call("POST", "/sessions", { body: { login, password } }));
  return { ...input, id, token: session.json().access_token };
}

/** Writes a post. */
export async function write({ call }: Pick<TestApi, "call">, who: Person, content = "Hello") {
  const answer = await call("POST", "/posts/", { token: who.token, body: { content } });
  return expectStatus(201, answer).json();
}

/** A login that nobody has. */
export function newLogin(): string {
  return `u${randomUUID()}`;
}

/** @throws when the answer has another status, with what it said instead */
export function expectStatus(status: number, answer: Answer): Answer {
  if (answer.statusCode === status) return answer;
  throw new Error(`Expected ${status}, got ${answer.statusCode}: ${answer.body}`);
}
