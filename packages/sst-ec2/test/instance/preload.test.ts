/** What the preload does to a program, one thing at a time. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, HEALTH_CHECKER, statusOf } from "../support/http.ts";
import { buildPreload } from "../support/preload.ts";
import { type Program, type Running, Unit } from "../support/unit.ts";

let folder: string;
let preload: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "preload-"));
  preload = await buildPreload(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;

/** A program with this text. */
function program(text: string, options: Partial<Program> = {}): Program {
  const file = join(folder, `program-${count++}.mjs`);
  writeFileSync(file, text);
  return { file, preload, ...options };
}

const SERVER = `
import { createServer } from "node:http";
const port = Number(process.env.PORT);
const answer = (request, response) => {
  const ms = Number(new URL(request.url, "http://a").searchParams.get("ms"));
  setTimeout(() => response.end(String(process.pid)), ms);
};
const server = createServer(answer);
`;

const isUp = (unit: Unit) => expect.poll(() => statusOf(unit.url), { interval: 50 }).toBe(200);
const isDraining = (unit: Unit) =>
  expect.poll(() => statusOf(unit.url, HEALTH_CHECKER), { interval: 20 }).toBe(503);
const says = (running: Running, text: string | RegExp) =>
  expect.poll(() => running.output, { interval: 50 }).toMatch(text);

describe("the port", () => {
  test("is systemd's socket also as text, in options, and on another address", async () => {
    for (const listen of [
      "server.listen(String(port))",
      "server.listen({ port, host: '::1' })",
      "server.listen(port, 'localhost', 511, () => console.info(server.address().port))",
    ]) {
      await using unit = await Unit.create();
      const running = unit.start(program(`${SERVER}${listen}`));
      await isUp(unit);
      expect(await running.stop(), listen).toBe(0);
    }
  });

  test("serves both addresses of localhost by the first, and tells both where they are", async () => {
    await using unit = await Unit.create();
    const running = unit.start(
      program(`${SERVER}
        const other = createServer(answer);
        server.listen(port, "127.0.0.1");
        other.listen(port, "::1", () => {
          console.info("at", server.address().port, other.address().port);
        });
        process.on("SIGTERM", () => other.close(() => server.close(() => process.exit(0))));
      `),
    );
    await isUp(unit);
    await says(running, `at ${unit.port} ${unit.port}`);
    expect(await running.stop()).toBe(0);
  });

  test("is in use for a second server on the same address, as anywhere", async () => {
    await using unit = await Unit.create();
    const running = unit.start(
      program(`${SERVER}server.listen(port, () => createServer().listen(port));`),
    );
    expect(await running.ended).toBe(1);
    expect(running.output).toContain("EADDRINUSE");
  });

  test("that was closed cannot be opened again, and says so", async () => {
    await using unit = await Unit.create();
    const running = unit.start(
      program(`${SERVER}server.listen(port, () => server.close(() => server.listen(port)));`),
    );
    expect(await running.ended).toBe(1);
    expect(running.output).toContain(`port ${unit.port} was closed by this program`);
  });

  test("is no other port, and no Unix socket", async () => {
    await using unit = await Unit.create();
    const path = join(folder, "socket");
    const running = unit.start(
      program(`${SERVER}
        server.listen(0, () => console.info("other", server.address().port !== port));
        createServer().listen(${JSON.stringify(path)}, () => console.info("path"));
      `),
    );
    await says(running, "other true");
    await says(running, "path");
    expect(await statusOf(unit.url)).toBeUndefined();
  });
});

describe("SIGTERM", () => {
  test("reaches the program's handlers when the last request is answered", async () => {
    await using unit = await Unit.create();
    const running = unit.start(
      program(`${SERVER}server.listen(port);
        process.once("SIGTERM", (signal, number) => {
          console.info(signal, number);
          process.exit(143);
        });
      `),
    );
    await isUp(unit);
    const late = ask(`${unit.url}/?ms=2500`);
    await sleep(200);
    const ended = running.stop();
    await isDraining(unit);
    expect(running.output).not.toContain("SIGTERM");
    expect((await late).body).toBe(String(running.pid));
    expect(await ended).toBe(0);
    expect(running.output).toContain("SIGTERM 15");
  });

  test("keeps an exit code that tells of a failure", async () => {
    await using unit = await Unit.create();
    const running = unit.start(
      program(`${SERVER}server.listen(port); process.on("SIGTERM", () => process.exit(7));`),
    );
    await isUp(unit);
    expect(await running.stop()).toBe(7);
  });

  test("does not kill a program that removes every listener", async () => {
    await using unit = await Unit.create();
    const running = unit.start(
      program(`${SERVER}process.removeAllListeners("SIGTERM"); server.listen(port);`),
    );
    await isUp(unit);
    const ended = running.stop();
    await isDraining(unit);
    expect(await ended).toBe(0);
  });

  test("ends the process where the program's handlers do not", async () => {
    await using unit = await Unit.create();
    const running = unit.start(
      program(`${SERVER}server.listen(port);
        setInterval(() => {}, 1000);
        process.on("SIGTERM", () => server.close(() => console.info("closed")));
      `),
    );
    await isUp(unit);
    expect(await running.stop()).toBe(0);
    expect(running.output).toContain("closed");
  });

  test("ends the drain when it comes again", async () => {
    await using unit = await Unit.create();
    const running = unit.start(
      program(`${SERVER}server.listen(port);`, { environment: { DRAIN_SECONDS: "300" } }),
    );
    await isUp(unit);
    running.stop();
    await isDraining(unit);
    expect(await running.stop()).toBe(0);
  });

  test.each([
    ["a worker's handlers", `setInterval(() => {}, 1000);`, ""],
    ["who takes the socket himself", SERVER, "server.listen({ fd: 3 });"],
  ])("reaches %s at once", async (_title, text, listen) => {
    await using unit = await Unit.create();
    const running = unit.start(
      program(
        `${text}${listen}
        process.on("SIGTERM", () => { console.info("mine"); process.exit(5); });
        console.info("ready");`,
        { environment: { DRAIN_SECONDS: "300" }, socket: listen !== "" },
      ),
    );
    await says(running, "ready");
    expect(await running.stop()).toBe(5);
    expect(running.output).toContain("mine");
  });

  test("ends a worker without handlers with 0", async () => {
    await using unit = await Unit.create();
    const running = unit.start(
      program(`setInterval(() => {}, 1000); console.info("ready");`, { socket: false }),
    );
    await says(running, "ready");
    expect(await running.stop()).toBe(0);
  });
});

describe("connections", () => {
  test("are kept for longer than a balancer's, whatever the program says and when", async () => {
    await using unit = await Unit.create();
    const running = unit.start(
      program(`${SERVER}
        server.keepAliveTimeout = 5000;
        server.listen(port, () => {
          server.keepAliveTimeout = 1000;
          server.headersTimeout = 2000;
          console.info("kept", server.keepAliveTimeout, server.headersTimeout);
          server.keepAliveTimeout = 120_000;
          console.info("longer", server.keepAliveTimeout);
        });
      `),
    );
    await says(running, "kept 65000 66000");
    await says(running, "longer 120000");
  });

  test("that never sent a request hold nobody up", async () => {
    await using unit = await Unit.create();
    const running = unit.start(
      program(`${SERVER}server.listen(port);`, { environment: { SHUTDOWN_SECONDS: "300" } }),
    );
    await isUp(unit);
    const { connect } = await import("node:net");
    const silent = connect(unit.port, "127.0.0.1");
    const ended = running.stop();
    await isDraining(unit);
    const closed = new Promise((done) => silent.once("close", done));
    expect(await ended).toBe(0);
    await closed;
  });
});

describe("the health path", () => {
  test("fails for the balancer alone, at its own path alone", async () => {
    await using unit = await Unit.create();
    const running = unit.start(
      program(`${SERVER}server.listen(port);`, { environment: { HEALTH_PATH: "/health?deep" } }),
    );
    await isUp(unit);
    const path = `${unit.url}/health?deep`;
    expect(await statusOf(path, HEALTH_CHECKER)).toBe(200);
    const ended = running.stop();
    await expect.poll(() => statusOf(path, HEALTH_CHECKER), { interval: 20 }).toBe(503);
    expect(await statusOf(path)).toBe(200);
    expect(await statusOf(unit.url, HEALTH_CHECKER)).toBe(200);
    expect(await ended).toBe(0);
  });
});

describe("what a program starts", () => {
  test("by node:cluster is refused in one line that says why", async () => {
    await using unit = await Unit.create();
    const running = unit.start(
      program(`import cluster, { fork } from "node:cluster";
        try { fork(); } catch (error) { console.info(error.message); }
        if (cluster.isPrimary) cluster.fork();`),
    );
    expect(await running.ended).toBe(1);
    expect(running.output.match(/node:cluster is not needed here: [^\n]*processes/g)).toHaveLength(
      2,
    );
  });

  test("as threads and child processes has its own ports and signals", async () => {
    await using unit = await Unit.create();
    const text = program(`
      import { fork } from "node:child_process";
      import { Worker, isMainThread } from "node:worker_threads";
      if (!isMainThread) console.info("thread");
      else if (process.argv[2] === "child") {
        console.info("child", process.listenerCount("SIGTERM"), process.env.LINK);
        process.disconnect();
      } else {
        process.env.LINK = "link";
        fork(import.meta.filename, ["child"]);
        new Worker(new URL(import.meta.url));
      }`);
    const running = unit.start(text);
    expect(await running.ended).toBe(0);
    expect(running.output).toContain("child 0 link");
    expect(running.output).toContain("thread");
  });
});

describe("the sign of life", () => {
  test("comes from the event loop, and stops with it", async () => {
    await using unit = await Unit.create();
    const running = unit.start(
      program(
        `${SERVER}server.listen(port);
        process.on("SIGUSR2", () => { for (;;); });`,
        { environment: { RUNTIME_DIRECTORY: folder } },
      ),
    );
    await isUp(unit);
    const sign = () => statSync(join(folder, "alive")).mtimeMs;
    const first = sign();
    await expect.poll(sign).toBeGreaterThan(first);
    running.child.kill("SIGUSR2");
    await sleep(1500);
    const last = sign();
    await sleep(2500);
    expect(sign()).toBe(last);
  });
});
