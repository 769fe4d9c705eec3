import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const MODULE = new URL("../../src/process/logger.ts", import.meta.url);

/** Runs a script with a `log` in its own process; returns its output by line. */
async function linesOf(script: string): Promise<{ msg: string; text?: string }[]> {
  const source = `import { createLogger } from "${MODULE}";
    const log = createLogger("info", false);
    ${script}`;
  const args = ["--input-type=module", "--eval", source];
  const run = promisify(execFile)(process.execPath, args, { maxBuffer: 1e8 });
  const { stdout } = await run.catch((failed) => failed);
  return stdout
    .trim()
    .split("\n")
    .map((line: string) => JSON.parse(line));
}

test("every line is written, in order, whatever its length and script", async () => {
  const lines = await linesOf(`
    for (let i = 0; i < 5000; i++) {
      log.info({ text: "é漢😀".repeat(i % 1000 === 0 ? 20_000 : i % 40) }, String(i));
      if (i % 100 === 0) await new Promise(setImmediate);
    }`);
  expect(lines.map(({ msg }) => msg)).toEqual(Array.from({ length: 5000 }, (_, i) => String(i)));
  expect(lines[1000]?.text).toBe("é漢😀".repeat(20_000));
  expect(lines[39]?.text).toBe("é漢😀".repeat(39));
});

test("a fatal line is written at once, with those before it", async () => {
  const lines = await linesOf(`
    log.info("before");
    log.fatal("the end");
    process.kill(process.pid, "SIGKILL");`);
  expect(lines.map(({ msg }) => msg)).toEqual(["before", "the end"]);
});

test.each([
  "log.info('unheard'); process.exit(0);",
  "log.fatal('unheard'); process.exit(0);",
  "log.info('unheard'); await sleep(300); log.info('unheard, too'); await sleep(300); log.fatal('end');",
])("a process ends although nobody reads what it says: %s", async (script) => {
  const source = `import { createLogger } from "${MODULE}";
    import { setTimeout as sleep } from "node:timers/promises";
    const log = createLogger("info", false);
    await new Promise((resolve) => process.stdin.on("end", resolve).resume());
    ${script}`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", source], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdout.destroy();
  await once(child.stdout, "close");
  child.stdin.end();
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
});

/** A script with a `log` in its own process, whose standard output the shell redirects. */
function logInto(redirection: string, script: string, terminal = false) {
  const source = `import { createLogger } from "${MODULE}";
    import { setTimeout as sleep } from "node:timers/promises";
    const log = createLogger("info", ${terminal});
    ${script}`;
  const args = ["-c", redirection, process.execPath, "--input-type=module", "--eval", source];
  return spawn("sh", args, { stdio: ["pipe", "pipe", "inherit"] });
}

test.each([
  ["lines", false, 'exec "$0" "$@" >/dev/full'],
  ["lines for people", true, 'exec "$0" "$@" >/dev/full'],
  ["lines to a closed descriptor", false, 'exec "$0" "$@" >&-'],
])("a process goes on although its %s cannot be written", async (_what, terminal, redirection) => {
  const script = `for (let i = 0; i < 5; i++) { log.info("unheard"); await sleep(100); }
    log.fatal("unheard");
    process.exit(7);`;
  const [code] = await once(logInto(redirection, script, terminal), "exit");
  expect(code).toBe(7);
});

test("what waits while the disk is full is bounded; with room again it is written, and how much is missing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "steadfast-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "log");
  // Writes beyond this file size fail, as on a full disk; truncating it makes room again.
  const redirection = `trap "" XFSZ; ulimit -f 128; exec "$0" "$@" >>"${file}"`;
  const lines = 60_000;
  const child = logInto(
    redirection,
    `process.stdin.on("data", () => {}).on("end", () => process.exit(0));
     for (let i = 0; i < ${lines}; i++) {
       log.info({ text: "x".repeat(40) }, String(i));
       if (i % 500 === 0) await sleep(2);
     }
     for (;;) { log.info("goes on"); await sleep(50); }`,
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  let written = "";
  const take = () => {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    truncateSync(file);
    written += text;
    return written;
  };
  await expect.poll(() => existsSync(file) && readFileSync(file).length >= 65_000).toBe(true);
  await sleep(3000);
  await expect.poll(take, { interval: 100, timeout: 50_000 }).toMatch(/were dropped"}\n/);
  const said = [...written.matchAll(/\{[^\n]*were dropped"\}\n/g)].map(([line]) =>
    JSON.parse(line),
  );
  expect(said[0]).toMatchObject({ level: "warn", reason: "EFBIG", dropped: expect.any(Number) });
  const dropped = said.reduce((sum, line) => sum + line.dropped, 0);
  const kept = [...written.matchAll(/"msg":"\d+"\}\n/g)].length;
  // Each number was written or counted; "goes on" may have been dropped as well.
  expect(kept + dropped).toBeGreaterThanOrEqual(lines);
  expect(kept).toBeLessThan(lines);
  child.stdin.end();
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
});
