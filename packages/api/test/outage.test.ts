import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { Database } from "@steadfast/core";
import { createTables, type Dynoxide, startDynoxide } from "@steadfast/local";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { PATIENT } from "../../core/test/support/core.ts";
import { UNANSWERED_BY_DYNAMODB } from "../src/log-filters.ts";
import { Readiness } from "../src/readiness.ts";
import { type Answer, newLogin, type Person, register, startApi, write } from "./support/api.ts";

/** An answer must come within a second; the rest is slack for a busy machine. */
const SOON = 10_000;

const folder = mkdtempSync(join(tmpdir(), "steadfast-"));
const file = join(folder, "dynamodb.db");
let engine: Dynoxide | undefined = await startDynoxide({ file });
const { endpoint } = engine;
const port = Number(new URL(endpoint).port);
const database = new Database({ client: { endpoint } });
const prefix = database.tables.Users.replace(/Users$/, "");
await createTables(prefix, new DynamoDBClient({ endpoint }));
const { call, log } = await startApi({ database });
const patient = await startApi({ database: new Database({ ...PATIENT, client: { endpoint } }) });
const ada = await register(patient);
const post = await write(patient, ada);

afterAll(async () => {
  await engine?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.each<[string, () => Promise<() => Promise<void>>]>([
  ["is gone", async () => async () => {}],
  ["takes connections and never answers", () => standIn(createServer((socket) => socket.resume()))],
  ["hangs up", () => standIn(createServer((socket) => void socket.destroy()))],
  ["is hidden by a proxy's error", () => standIn(answering(502, "<html>Bad Gateway</html>"))],
  ["fails", () => standIn(answering(500, '{"__type":"InternalServerError"}'))],
  [
    "throttles",
    () => standIn(answering(400, '{"__type":"ProvisionedThroughputExceededException"}')),
  ],
])("while the database %s", (_kind, replace) => {
  let restore = async () => {};

  afterEach(async () => {
    await restore();
    engine ??= await startDynoxide({ port, file });
  });

  it("every answer is a 503 with Retry-After soon, the process lives, and recovers by itself", async () => {
    await expect.poll(async () => (await statuses("/health/ready"))[0]).toBe(200);
    await engine?.stop();
    engine = undefined;
    restore = await replace();
    for (const ask of requests(ada)) {
      const started = performance.now();
      const answer = await ask();
      expect(performance.now() - started).toBeLessThan(SOON);
      expect(answer.statusCode).toBe(503);
      expect(answer.headers["retry-after"]).toBe("1");
      expect(answer.body).not.toMatch(/ECONN|Exception|127\.0\.0\.1|dynamo/i);
    }
    // The outage affects every instance, so none may leave the balancer, now or later.
    expect(await statuses("/health/ready", "/health/live", "/")).toEqual([200, 200, 200]);
    await expect.poll(() => deep()).toEqual([503, "DynamoDB did not answer."]);
    expect(await statuses("/health/ready")).toEqual([200]);
    const fresh = await startApi({ database: new Database({ client: { endpoint } }) });
    expect((await fresh.call("GET", "/health/ready")).statusCode).toBe(503);

    await restore();
    engine = await startDynoxide({ port, file });
    await expect.poll(async () => (await fresh.call("GET", "/health/ready")).statusCode).toBe(200);
    await expect.poll(async () => (await deep())[0]).toBe(200);
    await expect.poll(async () => (await call("GET", `/posts/${post.id}`)).json()).toEqual(post);
    await expect.poll(async () => (await logIn(ada)).statusCode).toBe(200);
  });
});

/** One of each kind: read, list, query, write, transaction, login. */
function requests({ id, token, login, password }: Person): (() => Promise<Answer>)[] {
  const body = { name: "Bob", login: newLogin(), password: "correct horse battery" };
  return [
    () => call("GET", `/users/${id}`),
    () => call("GET", `/users/${id}/posts`),
    () => call("GET", `/posts/${post.id}`),
    () => call("POST", "/users/", { body }),
    () => call("PUT", `/users/${id}`, { body: { ...body, login }, token }),
    () => call("POST", "/posts/", { body: { content: "x" }, token }),
    () => call("PUT", `/posts/${post.id}`, { body: { content: "Hello" }, token }),
    () => logIn({ login, password }),
  ];
}

function logIn({ login, password }: Pick<Person, "login" | "password">): Promise<Answer> {
  return call("POST", "/sessions", { body: { login, password } });
}

async function statuses(...paths: string[]): Promise<number[]> {
  return Promise.all(paths.map(async (path) => (await call("GET", path)).statusCode));
}

async function deep(): Promise<[status: number, detail: string | undefined]> {
  const answer = await call("GET", "/health/deep");
  return [answer.statusCode, answer.json().detail];
}

describe("what is logged of an answer that the database left us without", () => {
  const away = () =>
    log.filter(({ msg, dependency }) => msg === "unavailable" && dependency === "DynamoDB");

  it("is what the alarm's metric is made of", async () => {
    expect(UNANSWERED_BY_DYNAMODB).toBe(
      '{ ($.msg = "unavailable") && ($.dependency = "DynamoDB") }',
    );
    expect(away().length).toBeGreaterThan(0);
    for (const line of away())
      expect(line).toMatchObject({ level: "warn", reqId: expect.any(String) });
  });
});

describe("a process that starts while the database is away", () => {
  const gone = () => new Database({ client: { endpoint: "http://127.0.0.1:1" } });

  it("is ready at once where the instance was, as after a crash, and else is not", async () => {
    const mark = join(folder, "ready");
    const ping = (of: Database) => () => of.ping();
    const before = new Readiness(ping(database), mark);
    await expect(new Readiness(ping(gone()), mark).check()).rejects.toThrow();
    await expect.poll(() => before.check().then(() => "ready", String)).toBe("ready");
    await expect(new Readiness(ping(gone()), mark).check()).resolves.toBeUndefined();
    await expect(new Readiness(ping(gone())).check()).rejects.toThrow();
  });

  it("is ready without a mark that cannot be written", async () => {
    const readiness = new Readiness(async () => {}, join(folder, "no/such/folder/ready"));
    await expect(readiness.check()).resolves.toBeUndefined();
  });
});

function answering(status: number, body: string): Server {
  return createHttpServer((request, response) => {
    request.resume();
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(body);
  });
}

/** Replaces the database by another server. @returns a function that removes it */
async function standIn(server: Server): Promise<() => Promise<void>> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  expect((server.address() as AddressInfo).port).toBe(port);
  return async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  };
}
