import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { startApi } from "./support/api.ts";

const { app } = await startApi();
await app.listen({ port: 0, host: "127.0.0.1" });
const { port } = app.server.address() as AddressInfo;
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
