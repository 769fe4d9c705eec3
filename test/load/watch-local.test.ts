import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { watchLocal } from "../../scripts/load/watch/local.ts";

const BUSY_SERVER = fileURLToPath(new URL("support/busy-server.ts", import.meta.url));

test("shows the CPU and the event-loop delay of the process that listens", async () => {
  const child = fork(BUSY_SERVER);
  onTestFinished(() => void child.kill());
  const [port] = await once(child, "message");
  const watcher = await watchLocal(`http://127.0.0.1:${port}`);
  onTestFinished(() => watcher.close());
  await watcher.read();
  await sleep(3000);
  const { cpu = 0, delay = 0 } = await watcher.read();
  // It computes for 200 ms of each 400.
  expect(cpu).toBeGreaterThan(10);
  expect(cpu).toBeLessThan(100);
  expect(delay).toBeGreaterThan(20);
});

test("leaves out what it cannot see", async () => {
  const watcher = await watchLocal("http://127.0.0.1:1");
  onTestFinished(() => watcher.close());
  expect(await watcher.read()).toEqual({});
});
