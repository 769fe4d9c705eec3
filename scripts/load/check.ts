/**
 * `npm run load:check`: smoke, a minute of classic, and one that is interrupted, against a stack of
 * their own: all promises kept, a whole report left, and the tables empty after each. Ends with 0
 * only when all of that is so.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { tables } from "@steadfast/core/tables";
import { type Stack, startStack } from "@steadfast/local";
import { main, parseCommandLine } from "../command-line.ts";
import { readArguments } from "./arguments.ts";
import { run } from "./run.ts";

const USAGE = `npm run load:check -- [options]

Runs the scenarios smoke and classic against a local stack of its own, as CI does.

  --duration TIME   how long the load of classic is held, e.g. 90s, 10m (default 1m)
  -h, --help        this text

examples
  npm run load:check -- --duration 20s`;

/** A sweep takes five, a worker is at a hundred at once, and a run leaves many hundreds. */
const SWEEP_SECONDS = 300;
const FILES = ["report.html", "summary.json", "summary.md", "watch.svg"];
/** k6's exit code of a run that was interrupted. */
const INTERRUPTED = 105;
const INTERRUPT_AFTER_SECONDS = 20;
/** Machines that check commits are shared and slow; what must hold there is that nothing fails. */
const SLACK = "20";
/**
 * So nothing may be turned away for being slow, either: that takes more passwords at once than there
 * are users, and a busy loop. What happens beyond capacity has tests of its own.
 */
const NEVER_BUSY = { PASSWORD_QUEUE: "1000", OVERLOAD_DELAY_MS: "0" };

await main("load:check", USAGE, async (args) => {
  const { duration } = parseCommandLine({
    args,
    options: { duration: { type: "string", default: "1m" } },
  }).values;
  const classic = ["classic", "--duration", duration];
  // What is wrong with it is said before anything is started.
  readArguments(classic);
  const stack = await startStack(NEVER_BUSY);
  try {
    const problems = [
      ...(await check(stack, ["smoke"])),
      ...(await check(stack, classic)),
      ...(await checkInterrupted(stack, ["classic", "--vus", "20"])),
    ];
    for (const problem of problems) console.error(problem);
    if (problems.length === 0)
      console.info("All promises kept, reports made, tables empty, also after an interruption.");
    return problems.length === 0 ? 0 : 1;
  } finally {
    await stack.stop();
  }
});

/** Presses Ctrl-C in the middle, so to speak. */
async function checkInterrupted(stack: Stack, args: string[]): Promise<string[]> {
  const timer = setTimeout(
    () => process.kill(process.pid, "SIGINT"),
    INTERRUPT_AFTER_SECONDS * 1000,
  );
  try {
    return await check(stack, args, INTERRUPTED);
  } finally {
    clearTimeout(timer);
  }
}

/** @returns what is wrong */
async function check(
  { url, client, prefix }: Stack,
  args: string[],
  expected = 0,
): Promise<string[]> {
  const name = args[0];
  const parsed = readArguments([...args, "--url", url, "--slack", SLACK]);
  if (parsed.command !== "run") throw new Error(`${name} is no scenario`);
  const { code, folder = "" } = await run(parsed);
  const missing = FILES.filter((file) => !existsSync(join(folder, file)));
  return [
    ...(code === expected ? [] : [`${name}: k6 ended with ${code}`]),
    ...missing.map((file) => `${name}: the report has no ${file}`),
    ...(await leftovers(client, prefix)).map((left) => `${name}: ${left}`),
  ];
}

/** Looks until there is nothing: the posts of removed users are swept a little after. */
async function leftovers(client: DynamoDBClient, prefix: string): Promise<string[]> {
  const until = Date.now() + SWEEP_SECONDS * 1000;
  for (;;) {
    const left = await countItems(client, prefix);
    if (left.length === 0 || Date.now() > until) return left;
    await sleep(1000);
  }
}

async function countItems(client: DynamoDBClient, prefix: string): Promise<string[]> {
  const counts = await Promise.all(
    Object.keys(tables).map(async (name) => {
      const { Count = 0 } = await client.send(
        new ScanCommand({ TableName: prefix + name, Select: "COUNT", ConsistentRead: true }),
      );
      return Count > 0 ? [`${Count} items are left in ${name}`] : [];
    }),
  );
  return counts.flat();
}
