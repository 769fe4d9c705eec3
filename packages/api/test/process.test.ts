import { once } from "node:events";
import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { json } from "node:stream/consumers";
import getPort from "get-port";
import { describe, expect, it, onTestFinished } from "vitest";
import { newLogin } from "./support/api.ts";
import { listening, spawnApi } from "./support/api-process.ts";

/** Long enough for every test, and never reached. */
const LONG = "600";

describe("on SIGTERM", () => {
  it("readiness fails at once while requests are still served, each ending its connection", async () => {
    const api = spawnApi({ env: { DRAIN_SECONDS: LONG } });
    const address = await listening(api);
    await expect.poll(async () => (await get(`${address}/health/ready`)).statusCode).toBe(200);
    api.child.kill("SIGTERM");
    await api.logged("draining");
    const ready = await get(`${address}/health/ready`);
    expect([ready.statusCode, ready.headers["retry-after"]]).toEqual([503, "1"]);
    for (const path of ["/", "/health/live", "/docs/json"]) {
      const answer = await get(address + path);
      expect([answer.statusCode, answer.headers.connection]).toEqual([200, "close"]);
    }
  });

  it("ends with 0 when the drain time is over, however many connections idle", async () => {
    const api = spawnApi({ env: { DRAIN_SECONDS: "1" } });
    const address = await listening(api);
    expect((await get(`${address}/`)).headers.connection).toBe("keep-alive");
    api.child.kill("SIGTERM");
    await expect(api.ended).resolves.toMatchObject({ code: 0, stderr: "" });
    expect(api.log.map(({ msg }) => msg)).toEqual(expect.arrayContaining(["draining", "stopped"]));
  });

  const HEAD = "POST /users/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
  const CLIENT_HELLO = Buffer.from("16030100c0010000bc0303", "hex");

  it.each<[string, string | Buffer]>([
    ["has sent nothing", ""],
    ["has sent half a request line", "GET / HT"],
    ["has sent half a head", HEAD],
    ["has sent a request and half of the next", "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HT"],
    ["was answered, and keeps", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"],
    [
      "was answered before it sent the body that it promised",
      `GET /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n{`,
    ],
    [
      "wants another protocol",
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    ],
    ["wants HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["wants a tunnel", "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n"],
    ["speaks TLS", CLIENT_HELLO],
    ["sends garbage", "\0\0\0\0\r\n\r\n"],
  ])("ends at once although a connection %s and stays", async (_what, sent) => {
    const api = spawnApi({ env: { SHUTDOWN_SECONDS: LONG } });
    const { port } = new URL(await listening(api));
    // A socket that outlives the test's own close: it never reads, and stays half-open.
    const socket = connect({ port: Number(port), host: "127.0.0.1", allowHalfOpen: true });
    socket.on("error", () => {});
    onTestFinished(() => void socket.destroy());
    await once(socket, "connect");
    if (sent.length > 0) socket.write(sent);
    // The server has it by now: it has since answered on another connection.
    expect((await get(`http://127.0.0.1:${port}/`)).statusCode).toBe(200);
    api.child.kill("SIGTERM");
    await expect(api.ended).resolves.toMatchObject({ code: 0, stderr: "" });
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "by %s, a request under way is finished",
    async (signal) => {
      let status: number | undefined = 503;
      // On a busy machine the database may be late.
      while (status === 503) status = await finishUnder(signal);
      expect(status).toBe(201);
    },
  );

  /** @returns the status of a request that is half sent when the signal arrives */
  async function finishUnder(signal: NodeJS.Signals): Promise<number | undefined> {
    const api = spawnApi({ env: { SHUTDOWN_SECONDS: LONG } });
    const address = await listening(api);
    const upload = await startUpload(address);
    api.child.kill(signal);
    await api.logged("draining");
    // New connections are refused now; the old one is still served.
    await expect
      .poll(() => get(`${address}/`).then(() => "served", String))
      .toMatch(/ECONNREFUSED/);
    const answer = await upload.finish();
    expect(answer.headers.connection).toBe("close");
    await expect(api.ended).resolves.toMatchObject({ code: 0 });
    return answer.statusCode;
  }

  it("a request that does not finish in SHUTDOWN_SECONDS is given up", async () => {
    const api = spawnApi({ env: { SHUTDOWN_SECONDS: "1" } });
    const upload = await startUpload(await listening(api));
    api.child.kill("SIGTERM");
    await expect(api.ended).resolves.toMatchObject({ code: 1 });
    await expect(upload.finish()).rejects.toThrow();
  });

  it("a second signal ends it at once", async () => {
    const api = spawnApi({ env: { DRAIN_SECONDS: LONG } });
    await listening(api);
    api.child.kill("SIGTERM");
    await api.logged("draining");
    api.child.kill("SIGTERM");
    await expect(api.ended).resolves.toMatchObject({ code: 1 });
  });
});

it("a disk that is full ends nothing: requests are served, and SIGTERM ends it with 0", async () => {
  const port = await getPort({ host: "127.0.0.1" });
  const api = spawnApi({
    env: { PORT: `${port}`, LOG_LEVEL: "trace" },
    command: (node, args) => ["sh", ["-c", 'exec "$0" "$@" >/dev/full', node, ...args]],
  });
  const ask = () => get(`http://127.0.0.1:${port}/`).then(({ statusCode }) => statusCode, String);
  await expect.poll(ask).toBe(200);
  for (let i = 0; i < 200; i++) expect(await ask()).toBe(200);
  api.child.kill("SIGTERM");
  await expect(api.ended).resolves.toMatchObject({ code: 0, stderr: "" });
});

describe("a start that must fail", () => {
  it.each<[string, Record<string, string | undefined>, RegExp]>([
    [
      "PORT that is no number",
      { PORT: "abc" },
      /^Wrong configuration: PORT is "abc"; it must be an integer\.$/,
    ],
    [
      "TRUST_PROXY that is no CIDR",
      { TRUST_PROXY: "10.0.0.0/8, 10.0.0.0/99" },
      /^Wrong configuration: TRUST_PROXY has 10\.0\.0\.0\/99, which/,
    ],
    ["a host that does not exist", { HOST: "no.such.host.invalid" }, /no\.such\.host\.invalid/],
    ["a link that is missing", { SST_RESOURCE_Users: undefined }, /^The link Users is missing/],
    [
      "no links at all",
      { SST_RESOURCE_App: undefined, SST_RESOURCE_Users: undefined },
      /^The link Users is missing/,
    ],
    [
      "a secret that is short",
      { SST_RESOURCE_TokenSecret: '{"value":"short"}' },
      /^The link TokenSecret is too short/,
    ],
  ])("for %s says so in one line, and ends with 1", async (_kind, env, line) => {
    const { code, stderr } = await spawnApi({ env }).ended;
    expect(stderr.trimEnd().split("\n")).toEqual([expect.stringMatching(line)]);
    expect(code).toBe(1);
  });

  it("for a port in use says which, in one line, and ends with 1", async () => {
    const server = await listen();
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await spawnApi({ env: { PORT: String(port) } }).ended;
    expect(stderr).toMatch(new RegExp(`^Port ${port} of 127\\.0\\.0\\.1 is in use: .*PORT.*\n$`));
    expect(code).toBe(1);
  });
});

describe("a socket that systemd passes", () => {
  /** As systemd does: the socket is descriptor 3, and LISTEN_PID is the process itself. */
  const asSystemd = 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@"';

  it.each(["127.0.0.1", "localhost"])("is served, whatever HOST is (%s)", async (HOST) => {
    const server = await listen();
    const { port } = server.address() as AddressInfo;
    const api = spawnApi({
      env: { HOST, PORT: "1" },
      command: (node, args) => ["sh", ["-c", asSystemd, node, ...args]],
      stdio: ["ignore", "pipe", "pipe", descriptorOf(server)],
    });
    server.close();
    await listening(api);
    const ready = () => get(`http://127.0.0.1:${port}/health/ready`);
    await expect.poll(async () => (await ready()).statusCode).toBe(200);
    api.child.kill("SIGTERM");
    await expect(api.ended).resolves.toMatchObject({ code: 0 });
  });

  it("for another process is left alone", async () => {
    const api = spawnApi({ env: { LISTEN_PID: "1", LISTEN_FDS: "1" } });
    expect((await get(`${await listening(api)}/`)).statusCode).toBe(200);
  });
});

async function listen(): Promise<Server> {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return server;
}

/** Node has no public API for it; a child inherits it through `stdio`. */
function descriptorOf(server: Server): number {
  return (server as Server & { _handle: { fd: number } })._handle.fd;
}

/** Requests on a connection that the client would keep. */
async function get(url: string): Promise<IncomingMessage> {
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const request = httpRequest(url, { agent }).end();
  const [answer] = (await once(request, "response")) as [IncomingMessage];
  answer.resume();
  await once(answer, "end");
  return answer;
}

/** Sends the first half of a request, which stays in flight until the second half. */
async function startUpload(address: string) {
  const body = JSON.stringify({ name: "Ada", login: newLogin(), password: "correct horse" });
  const request = httpRequest(`${address}/users/`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "content-length": body.length,
      // Answered at once with 100 Continue, which proves that the server has it.
      expect: "100-continue",
    },
    agent: new Agent({ keepAlive: true }),
  });
  const answer = once(request, "response").then(([response]) => response as IncomingMessage);
  answer.catch(() => {});
  request.flushHeaders();
  await once(request, "continue");
  request.write(body.slice(0, 10));
  return {
    async finish(): Promise<IncomingMessage> {
      request.end(body.slice(10));
      await json(await answer);
      return answer;
    },
  };
}
