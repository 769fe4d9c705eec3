/**
 * `npm run soak`: 50 clients create, read, change and delete at once, then the tables are compared
 * with the acknowledged answers. Starts its own API and DynamoDB; exits with 0 only when no answer
 * was a 5xx and the tables hold exactly what they should.
 *
 * `npm run soak -- --removal`: how the removal of one user with 100,000 posts affects others.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Stack, startStack } from "@steadfast/local";
import { main, parseCommandLine, readNumber } from "../common/command-line.ts";
import { check, pendingRemovals } from "./check.ts";
import { Client } from "./client.ts";
import { Ledger } from "./ledger.ts";
import { soakRemoval } from "./removal.ts";

const USAGE = `npm run soak -- [options]

Writes with many clients at once, then compares the tables with what was acknowledged.

  --seconds N   how long (default 30)
  --clients N   how many at once (default 50; 10 with --removal)
  --removal     remove one user with very many posts, while the clients go on: minutes
  --posts N     how many posts that user has (default 100000)
  -h, --help    this text

examples
  npm run soak
  npm run soak -- --clients 100 --seconds 300`;

await main("soak", USAGE, async (args) => {
  const { seconds, clients, removal, posts } = readArguments(args);
  if (removal) return soakRemoval(posts, clients);
  // Fast, because the duration of sweeping is not measured here.
  const stack = await startStack({ REMOVAL_RATE: "2000" });
  try {
    return await soak(stack, seconds, clients);
  } finally {
    await stack.stop();
  }
});

function readArguments(args: string[]) {
  const { seconds, clients, removal, posts } = parseCommandLine({
    args,
    options: {
      seconds: { type: "string", default: "30" },
      clients: { type: "string" },
      removal: { type: "boolean", default: false },
      posts: { type: "string", default: "100000" },
    },
  }).values;
  return {
    seconds: readNumber("seconds", seconds, { from: 1, to: 86_400 }),
    clients: readNumber("clients", clients ?? (removal ? "10" : "50"), {
      from: 1,
      to: 10_000,
      whole: true,
    }),
    removal,
    posts: readNumber("posts", posts, { from: 1, to: 10_000_000, whole: true }),
  };
}

/** @returns the exit code */
async function soak(stack: Stack, seconds: number, clients: number): Promise<number> {
  const ledger = new Ledger();
  const until = Date.now() + seconds * 1000;
  const progress = setInterval(() => console.info(`  ${ledger}`), 5000);
  console.info(`${clients} clients for ${seconds} s against ${stack.url}`);
  await Promise.all(
    Array.from({ length: clients }, () => new Client(stack.url, ledger).run(until)),
  ).finally(() => clearInterval(progress));
  while ((await pendingRemovals(stack)).length > 0) await sleep(250);
  const mistakes = [...ledger.mistakes, ...(await check(stack, ledger))];
  console.info(`  ${ledger}`);
  for (const mistake of mistakes.slice(0, 20)) console.error(`  ${mistake}`);
  console.info(mistakes.length === 0 ? "The tables hold what was acknowledged." : "Failed.");
  return mistakes.length === 0 ? 0 : 1;
}
