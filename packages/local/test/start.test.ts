import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Quote } from "@steadfast/core";
import { expect, onTestFinished, test } from "vitest";

interface Page {
  /** Missing in a problem. */
  items?: Quote[];
}

const START = fileURLToPath(new URL("../../../scripts/start.ts", import.meta.url));
const PATIENCE = { timeout: 60_000, interval: 250 };

test("npm start collects made-up quotes, and keeps them", { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "steadfast-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const first = start(folder);
  const count = async () => (await get<Page>(await first.api(), "/quotes")).items?.length;
  await expect.poll(count, PATIENCE).toBeGreaterThanOrEqual(2);
  const latest = await get<Quote>(await first.api(), "/quotes/latest");
  expect(latest).toMatchObject({ symbol: "BTC", currency: "USD", source: "stand-in" });
  await first.stop();

  const second = start(folder);
  const { items } = await get<Page>(await second.api(), `/quotes?to=${latest.last_updated}`);
  expect(items?.length).toBeGreaterThanOrEqual(1);
  await second.stop();
  // The collector ended before it, and left its database to whoever comes next.
  expect(existsSync(join(folder, "postgres.pid"))).toBe(false);
});

/** Starts the whole stack, on free ports and without the links of this test file. */
function start(folder: string) {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(SST_|AWS_|DYNAMODB_|DB_|CMC_)/.test(name),
  );
  const child = spawn(process.execPath, [START], {
    env: {
      ...Object.fromEntries(inherited),
      DATA_FOLDER: folder,
      PORT: "0",
      INTERVAL: "1s",
      LOG_LEVEL: "info",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const exited = once(child, "exit");
  return {
    async api(): Promise<string> {
      await expect.poll(() => output, PATIENCE).toMatch(/Server listening at http:\S+"/);
      return /Server listening at (http:[^"]+)/.exec(output)?.[1] ?? "";
    },
    async stop() {
      child.kill("SIGTERM");
      const [code] = await exited;
      expect(code, output).toBe(0);
    },
  };
}

async function get<Body>(api: string, path: string): Promise<Body> {
  return (await (await fetch(api + path)).json()) as Body;
}
