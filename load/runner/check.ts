/**
 * `npm run load:check`: smoke, a minute of classic, and an interrupted run, each against its own
 * stack. Exits with 0 only when all promises hold, each run leaves a complete report, and the tables
 * are empty afterwards.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { tables } from "@steadfast/core/tables";
import { type Stack, startStack } from "@steadfast/local";
import { main, parseCommandLine } from "../../tools/common/command-line.ts";
import { readArguments } from "./arguments.ts";
import { run } from "./run.ts";

const USAGE = `npm run load:check -- [options]

Runs the scenarios smoke and classic against a local stack of its own, as CI does.

  --duration TIME   how long the load of classic is held, e.g. 90s, 10m (default 1m)
  -h, --help        this text

examples
  npm run load:check -- --duration 20s`;

/**
 * A sweep takes five seconds, a worker handles a hundred at once, and a run leaves many hundreds.
 */
const SWEEP_SECONDS = 300;
const FILES = ["report.html", "summary.json", "summary.md", "watch.svg"];
/** k6's exit code for an interrupted run. */
const INTERRUPTED = 105;
const INTERRUPT_AFTER_SECONDS = 20;
/** CI machines are shared and slow; only failures count there. */
const SLACK = "20";
/**
 * Nothing may be shed either, which takes more concurrent passwords than users, and a busy loop.
 * Overload has its own tests.
 */
const NEVER_BUSY = { PASSWORD_QUEUE: "1000", OVERLOAD_DELAY_MS: "0" };

await main("load:check", USAGE, async (args) => {
  const { duration } = parseCommandLine({
    args,
    options: { duration: { type: "string", default: "1m" } },
  }).values;
  const classic = ["classic", "--duration", duration];
  // Validates the arguments before anything starts.
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

/** Simulates Ctrl-C in the middle. */
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

/** Polls until nothing is left: the posts of removed users are swept a little later. */
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
