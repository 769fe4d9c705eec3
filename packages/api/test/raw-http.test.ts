import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { startApi } from "./support/api.ts";

const { app, log } = await startApi();
await app.listen({ port: 0, host: "127.0.0.1" });
const { port } = app.server.address() as AddressInfo;
const USER = '{"name":"Ada","login":"compressed","password":"correct horse battery"}';
const CHUNKED_USER = `${USER.length.toString(16)}\r\n${USER}\r\n0\r\n\r\n`;
const POST = "POST /users/ HTTP/1.1\r\nHost: api\r\nContent-Type: application/json\r\n";

describe("the server", () => {
  it("keeps connections longer than the load balancer's 60 s, and waits for nobody forever", () => {
    const { keepAliveTimeout, headersTimeout, requestTimeout } = app.server;
    expect(keepAliveTimeout).toBe(72_000);
    expect(headersTimeout).toBeGreaterThan(keepAliveTimeout);
    expect(requestTimeout).toBeGreaterThanOrEqual(headersTimeout);
  });

  it("serves many requests on one connection, and says for how long it stays", async () => {
    const socket = open();
    for (let i = 0; i < 3; i++) {
      socket.write("GET / HTTP/1.1\r\nHost: api\r\n\r\n");
      const head = await nextChunk(socket);
      expect(head).toMatch(/^HTTP\/1.1 200 /);
      expect(head.toLowerCase()).toContain("keep-alive: timeout=72");
    }
  });
});

describe("over a socket", () => {
  it.each<[kind: string, request: string, status: number]>([
    ["what is no HTTP", "HELO api\r\n\r\n", 400],
    ["TLS", "\u0016\u0003\u0001\u0000\u0000\r\n\r\n", 400],
    ["an unknown method", "BREW / HTTP/1.1\r\nHost: api\r\n\r\n", 400],
    ["a bad header", "GET / HTTP/1.1\r\nHost: api\r\nBad Header: 1\r\n\r\n", 400],
    ["headers of 20 KB", `GET / HTTP/1.1\r\nHost: api\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, 431],
    ["a URL of 20 KB", `GET /${"x".repeat(20_000)} HTTP/1.1\r\nHost: api\r\n\r\n`, 431],
    ["two lengths", `${POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400],
    [
      "a length and chunks",
      `${POST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`,
      400,
    ],
    ["a length that is none", `${POST}Content-Length: x\r\n\r\n{}`, 400],
    ["a chunk that is none", `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
    [
      "a body compressed on its way",
      `${POST}Transfer-Encoding: gzip, chunked\r\n\r\n${CHUNKED_USER}`,
      400,
    ],
    ["a host with a space in it", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400],
    ["two hosts in one header", "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", 400],
    ["a host with a user", "GET / HTTP/1.1\r\nHost: me@a\r\n\r\n", 400],
    ["two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400],
    ["a tunnel", "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n", 405],
    ["an expectation", `${POST}Content-Length: 2\r\nExpect: wonders\r\n\r\n{}`, 417],
    ["a length of 1 GB", `${POST}Content-Length: 1000000000\r\n\r\n{`, 413],
    [
      "chunks of 80 KB",
      `${POST}Transfer-Encoding: chunked\r\n\r\n13880\r\n${"x".repeat(80_000)}\r\n`,
      413,
    ],
  ])("%s is answered with a problem, and hung up on", async (_kind, request, status) => {
    const socket = open();
    socket.write(request);
    const answer = await text(socket);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer.toLowerCase()).toContain("content-type: application/problem+json");
    expect(answer.toLowerCase()).toContain("connection: close");
    const problem = JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4));
    expect(problem).toMatchObject({ status, type: expect.stringMatching(/^urn:steadfast:/) });
    expect(answer.toLowerCase()).toContain("x-content-type-options: nosniff");
    const line = { reqId: problem.request_id, status, msg: "request" };
    await expect.poll(() => log).toContainEqual(expect.objectContaining(line));
  });

  it("a request without a host is answered with a problem, unless it is of HTTP/1.0", async () => {
    const [newer, older] = [open(), open()];
    newer.write("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
    const answer = await text(newer);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4))).toMatchObject({
      status: 400,
      detail: "The header Host is missing.",
    });
    older.write("GET / HTTP/1.0\r\n\r\n");
    expect(await text(older)).toMatch(/^HTTP\/1.1 200 /);
  });

  it.each([
    ["Host", "Host: api\r\nhost: api"],
    ["Authorization", "Host: api\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b"],
    ["Content-Type", "Host: api\r\nContent-Type: application/json\r\nContent-type: text/plain"],
  ])("two %s headers are one too many", async (name, headers) => {
    const answer = await exchange(`GET / HTTP/1.1\r\n${headers}\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(problemOf(answer).detail).toMatch(new RegExp(`The header ${name} is there twice`, "i"));
  });

  it.each([
    ["garbage", "\u0001\u0002 garbage\r\n\r\n"],
    ["half a request and garbage", "GET / HTTP/1.1\r\nBad Header\r\n\r\n"],
  ])("requests before %s on the connection are answered first", async (_kind, garbage) => {
    const answer = await exchange(`${GET("/docs/json")}${GET("/health/ready")}${garbage}`);
    const statuses = [...answer.matchAll(/HTTP\/1.1 (\d+) /g)].map(([, status]) => status);
    expect(statuses).toEqual(["200", "200", "400"]);
  });

  // The last waits for the database, and so for longer than the end of the request takes to arrive.
  it.each(["/", "/health/ready", "/docs/json", "/health/deep"])(
    "a request for %s from a client that then says that it is through is answered",
    async (path) => {
      const socket = open({ allowHalfOpen: true });
      socket.end(GET(path));
      expect(await text(socket)).toMatch(/^HTTP\/1.1 200 /);
      await expect.poll(() => connections()).toBe(0);
    },
  );

  it("a client that leaves while it is served has a line of its own, too", async () => {
    const socket = open();
    log.length = 0;
    socket.write(`${POST}Content-Length: 10\r\n\r\n{`);
    // If its headers were read, so were the others of the same packet.
    await expect.poll(() => connections()).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.resetAndDestroy();
    const kind = { method: "POST", route: "/users/", status: 499, msg: "request" };
    const line = { ...kind, client: "127.0.0.1" };
    await expect.poll(() => log).toContainEqual(expect.objectContaining(line));
    expect(log).toHaveLength(1);
  });

  describe("Expect: 100-continue", () => {
    const expecting = (length: number, more = "") =>
      `${POST}Content-Length: ${length}\r\nExpect: 100-continue\r\n${more}\r\n`;

    it("is not for a client of HTTP/1.0, which sends its body anyway", async () => {
      const socket = open();
      const body = JSON.stringify({ login: "nobody", password: "correct horse" });
      const head = `POST /sessions HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
      socket.write(`${head}\r\nExpect: 100-continue\r\n\r\n${body}`);
      expect(await text(socket)).toMatch(/^HTTP\/1\.1 401 /);
    });

    it("asks for a body that may be sent, and keeps the connection", async () => {
      const socket = open();
      socket.write(expecting(2));
      expect(await nextChunk(socket)).toMatch(/^HTTP\/1.1 100 /);
      socket.write("{}");
      const answer = await nextChunk(socket);
      expect(answer).toMatch(/^HTTP\/1.1 400 /);
      expect(answer.toLowerCase()).toContain("connection: keep-alive");
    });

    it.each([
      ["is too large", expecting(1_000_000), 413],
      ["is of a wrong type", expecting(2).replace("application/json", "text/plain"), 415],
      ["is compressed", expecting(2, "Content-Encoding: gzip\r\n"), 415],
      ["needs a token", expecting(2).replace("/users/", "/posts/"), 401],
      ["has no route", expecting(2).replace("/users/", "/nowhere"), 404],
    ])("asks for no body that %s, and hangs up", async (_kind, request, status) => {
      const answer = await exchange(request);
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(answer.toLowerCase()).toContain("connection: close");
    });
  });

  it("a client that sends no HTTP and never hangs up does not stay", async () => {
    const socket = open({ allowHalfOpen: true });
    socket.write("HELO api\r\n\r\n");
    socket.resume();
    await once(socket, "end");
    await expect.poll(() => connections()).toBe(0);
  });

  it("a path that only a raw client can send is answered like any other", async () => {
    const socket = open();
    const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: api\r\n`;
    socket.write(`${request("/docs/../../etc/passwd")}\r\n`);
    expect(await nextChunk(socket)).toMatch(/^HTTP\/1.1 404 /);
    socket.write(`${request("http://api/users/x")}\r\n`);
    expect(await nextChunk(socket)).toMatch(/^HTTP\/1.1 400 /);
  });
});

const GET = (path: string) => `GET ${path} HTTP/1.1\r\nHost: api\r\n\r\n`;

/** Everything that the API answers before it closes the connection. */
async function exchange(request: string): Promise<string> {
  const socket = open();
  socket.write(request);
  return text(socket);
}

function problemOf(answer: string) {
  return JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4));
}

function open(options = {}): Socket {
  const socket = connect({ port, host: "127.0.0.1", ...options });
  onTestFinished(() => void socket.destroy());
  return socket;
}

async function nextChunk(socket: Socket): Promise<string> {
  const [chunk] = await once(socket, "data");
  return String(chunk);
}

function connections(): Promise<number> {
  return new Promise((resolve, reject) => {
    app.server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}
