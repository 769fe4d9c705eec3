/** The watchdog's script as it runs: real bash and signs of life; systemd and AWS are told of. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HEARTBEAT_FILE } from "../../src/instance/heartbeat.ts";

const SCRIPT = new URL("../../src/boot/files/watchdog.sh", import.meta.url);
const HEARTBEAT = new URL("../../src/instance/heartbeat.ts", import.meta.url);

let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "watchdog-test-"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** A command that writes down its arguments and does nothing else. */
function command(name: string, body: string) {
  const script = `#!/bin/bash\n${body}\necho "${name} $*" >>"${folder}/calls"\n`;
  writeFileSync(join(folder, name), script, { mode: 0o755 });
}

/** @param pause seconds between two looks */
function start({ stopped = false, pause = "0.02" } = {}) {
  // "is-active" is asked each time, and not worth writing down.
  command("systemctl", `[ "$1" != is-active ] || exit ${stopped ? 3 : 0}`);
  command("aws", "");
  writeFileSync(join(folder, "curl"), "#!/bin/bash\necho i-0abc\n", { mode: 0o755 });
  const watchdog = spawn("bash", [SCRIPT.pathname], {
    env: {
      ...process.env,
      SERVICE: "worker",
      GROUP: "workers",
      HEARTBEAT: HEARTBEAT_FILE,
      PATH: `${folder}:${process.env.PATH}`,
      WATCHDOG_PAUSE: pause,
      WATCHDOG_RUN: join(folder, "run"),
    },
    stdio: "ignore",
  });
  children.push(watchdog);
}

/** The runtime directory of a process of the service. */
function runtimeDirectory(process: number): string {
  const directory = join(folder, "run/worker", `${process}`);
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** A process that gives signs of life as the service does, and does `work` besides. */
async function spawnProcess(number: number, work = ""): Promise<ChildProcess> {
  const source = `import { startHeartbeat } from "${HEARTBEAT}";
    const follow = startHeartbeat();
    setInterval(() => {}, 1000);
    console.info("runs");
    ${work}`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", source], {
    env: { ...process.env, RUNTIME_DIRECTORY: runtimeDirectory(number) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  await new Promise((resolve) => child.stdout?.once("data", resolve));
  return child;
}

const calls = () => {
  try {
    return readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
  } catch {
    return [];
  }
};
const kill = (process: number) => `systemctl kill --signal KILL worker@${process}.service`;
const patiently = { timeout: 30_000, interval: 20 };

describe("a service", () => {
  it("is left alone while its processes live, and before it has any", async () => {
    start({ pause: "2" });
    await spawnProcess(1);
    // One that has nothing to tell of its life.
    await spawnProcess(2, "follow(undefined);");
    await sleep(9000);
    expect(calls()).toEqual([]);
  });

  it.each<[string, string]>([
    ["event loop does not turn", "setTimeout(() => { for (;;); }, 100);"],
    ["work does not go on", "follow({ alive: false });"],
  ])(
    "whose %s in one process has this one killed, and the other left alone",
    async (_how, work) => {
      start({ pause: "1" });
      await spawnProcess(1);
      await spawnProcess(2, work);
      await expect.poll(() => calls().length, patiently).toBeGreaterThan(0);
      expect(new Set(calls())).toEqual(new Set([kill(2)]));
    },
  );

  it("is killed three times when no sign comes, and has the group replace its instance then", async () => {
    writeFileSync(join(runtimeDirectory(1), HEARTBEAT_FILE), "");
    start();
    await expect.poll(() => calls().length, patiently).toBeGreaterThan(3);
    expect(calls().slice(0, 4)).toEqual([
      kill(1),
      kill(1),
      kill(1),
      expect.stringMatching(
        /^aws autoscaling set-instance-health --health-status Unhealthy .*--instance-id i-0abc$/,
      ),
    ]);
  });

  it("has its kills forgotten when it goes on living, and not when it starts", async () => {
    const file = join(runtimeDirectory(1), HEARTBEAT_FILE);
    const sign = () => writeFileSync(file, "");
    sign();
    start();
    await expect.poll(() => calls().length, patiently).toBeGreaterThan(1);
    for (let i = 0; i < 300; i++) {
      sign();
      await sleep(10);
    }
    const kills = calls().length;
    await expect.poll(() => calls().length, patiently).toBeGreaterThan(kills + 2);
    expect(calls().slice(kills, kills + 3)).toEqual(Array(3).fill(kill(1)));
    sign();
    await expect.poll(() => calls().at(-1), patiently).toMatch(/^aws/);
  });

  it("is not missed while it is told to stop", async () => {
    writeFileSync(join(runtimeDirectory(1), HEARTBEAT_FILE), "");
    start({ stopped: true });
    await sleep(500);
    expect(calls()).toEqual([]);
  });
});
