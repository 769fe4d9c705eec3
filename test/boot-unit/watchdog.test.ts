/** The watchdog's script as it runs: real bash and curl, a real service; systemd and AWS are told of. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { watchdogScript } from "../../infra/boot/watchdog.ts";
import { hasShellcheck, shellcheck } from "./shellcheck.ts";

let folder: string;
let service: Server;
let watchdog: ChildProcess | undefined;
/** What the service answers. */
let status: number;
/** Answers given. */
let asked: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "watchdog-test-"));
  status = 200;
  asked = 0;
  service = createServer((request, response) => {
    asked += request.url === "/health/live" ? 1 : 0;
    response.writeHead(status).end();
  });
  service.listen(0, "127.0.0.1");
  await once(service, "listening");
});
afterEach(() => {
  watchdog?.kill("SIGKILL");
  service.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A command that writes down its arguments and does nothing else. */
function command(name: string, body: string) {
  const script = `#!/bin/bash\n${body}\necho "${name} $*" >>"${folder}/calls"\n`;
  writeFileSync(join(folder, name), script, { mode: 0o755 });
}

function start({ stopped = false } = {}) {
  // "is-active" is asked each time, and not worth writing down.
  command("systemctl", `[ "$1" != is-active ] || exit ${stopped ? 3 : 0}`);
  command("aws", "");
  // The metadata service is EC2's; the service is asked by the real curl.
  const real = 'case "$*" in *169.254.169.254*) echo i-0abc; exit ;; esac\nexec curl "$@"';
  writeFileSync(join(folder, "curl"), `#!/bin/bash\nPATH=\${PATH#*:}\n${real}\n`, { mode: 0o755 });
  const { port } = service.address() as AddressInfo;
  const script = watchdogScript({ service: "worker", port, lifecycle: { group: "workers" } });
  watchdog = spawn("bash", ["-c", script], {
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, WATCHDOG_PAUSE: "0.01" },
    stdio: "ignore",
  });
}

const calls = () => {
  try {
    return readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
  } catch {
    return [];
  }
};
const KILL = "systemctl kill --signal KILL worker@*.service";
const patiently = { timeout: 30_000, interval: 20 };

describe("a service without a balancer", () => {
  it("is left alone while it lives", async () => {
    start();
    await expect.poll(() => asked, patiently).toBeGreaterThan(12);
    expect(calls()).toEqual([]);
  });

  it("is killed after six bad answers, and has the group replace its instance after three kills", async () => {
    status = 503;
    start();
    await expect.poll(() => calls().length, patiently).toBeGreaterThan(3);
    expect(calls().slice(0, 4)).toEqual([
      KILL,
      KILL,
      KILL,
      expect.stringMatching(
        /^aws autoscaling set-instance-health --health-status Unhealthy .*--instance-id i-0abc$/,
      ),
    ]);
    expect(asked).toBeGreaterThanOrEqual(24);
  });

  it("has its kills forgotten once it lives again", async () => {
    status = 503;
    start();
    await expect.poll(() => calls().length, patiently).toBeGreaterThan(1);
    status = 200;
    const before = asked;
    await expect.poll(() => asked, patiently).toBeGreaterThan(before + 2);
    const kills = calls().length;
    status = 503;
    await expect.poll(() => calls().length, patiently).toBeGreaterThan(kills + 2);
    expect(calls().slice(0, kills + 3)).toEqual(Array(kills + 3).fill(KILL));
  });

  it("is not missed while it is told to stop", async () => {
    status = 503;
    start({ stopped: true });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect([asked, calls()]).toEqual([0, []]);
  });

  it.skipIf(!hasShellcheck)("has a watchdog that shellcheck finds no fault with", () => {
    expect(shellcheck(watchdogScript({ service: "worker", port: 3000 }))).toBe("");
  });
});
