import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const MODULE = new URL("../../src/process/logger.ts", import.meta.url);

/** Runs a script with a `log` in a process of its own; what it wrote, line by line. */
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
