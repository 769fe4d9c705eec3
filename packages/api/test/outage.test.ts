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
import { type Answer, newLogin, type Person, register, startApi, write } from "./support/api.ts";

/** An answer must come within a second; the rest is for a busy test machine. */
const SOON = 10_000;

const folder = mkdtempSync(join(tmpdir(), "steadfast-"));
const file = join(folder, "dynamodb.db");
let engine: Dynoxide | undefined = await startDynoxide({ file });
const { endpoint } = engine;
const port = Number(new URL(endpoint).port);
const database = new Database({ client: { endpoint } });
const prefix = database.tables.Users.replace(/Users$/, "");
await createTables(new DynamoDBClient({ endpoint }), prefix);
const { call } = await startApi({ database });
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
    await expect.poll(readiness).toBe(200);
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
    // What it answered a second ago no longer counts.
    await expect.poll(readiness).toBe(503);
    expect((await call("GET", "/health/live")).statusCode).toBe(200);
    expect((await call("GET", "/")).statusCode).toBe(200);

    await restore();
    engine = await startDynoxide({ port, file });
    await expect.poll(readiness).toBe(200);
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

async function readiness(): Promise<number> {
  return (await call("GET", "/health/ready")).statusCode;
}

function answering(status: number, body: string): Server {
  return createHttpServer((request, response) => {
    request.resume();
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(body);
  });
}

/** Puts another server in the database's place. @returns what takes it away */
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
