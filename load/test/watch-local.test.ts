import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { watchLocal } from "../runner/watch/local.ts";

const BUSY_SERVER = fileURLToPath(new URL("support/busy-server.ts", import.meta.url));

const EVERY_FEW_SECONDS = { interval: 3000, timeout: 45_000 };

test("shows the CPU and the event-loop delay of the process that listens", async () => {
  const child = fork(BUSY_SERVER);
  onTestFinished(() => void child.kill());
  const [port] = await once(child, "message");
  const watcher = await watchLocal(`http://127.0.0.1:${port}`);
  onTestFinished(() => watcher.close());
  // It computes for 200 of every 400 ms, or less on a busy machine.
  await expect
    .poll(async () => {
      const { cpu = 0, delay = 0 } = await watcher.read();
      return cpu > 1 && cpu < 100 && delay > 20;
    }, EVERY_FEW_SECONDS)
    .toBe(true);
});

test("leaves out what it cannot see", async () => {
  const watcher = await watchLocal("http://127.0.0.1:1");
  onTestFinished(() => watcher.close());
  expect(await watcher.read()).toEqual({});
});
