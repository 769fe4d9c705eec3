/**
 * `npm run soak`: 50 clients create, read, change and delete at once, then the tables are compared
 * with what the answers acknowledged. Starts an API and a DynamoDB of its own; ends with 0 only when
 * no answer was a 5xx and the tables hold exactly what they should.
 *
 *     npm run soak -- --seconds 30 --clients 50
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startStack } from "@steadfast/local";
import { check } from "./soak/check.ts";
import { Client } from "./soak/client.ts";
import { Ledger } from "./soak/ledger.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "30" },
    clients: { type: "string", default: "50" },
  },
});
const seconds = Number(values.seconds);
const clients = Number(values.clients);
if (!(seconds > 0 && Number.isInteger(clients) && clients > 0)) {
  console.error("--seconds and --clients must be positive numbers.");
  process.exit(2);
}

const stack = await startStack();
try {
  const ledger = new Ledger();
  const until = Date.now() + seconds * 1000;
  const progress = setInterval(() => console.info(`  ${ledger}`), 5000);
  console.info(`${clients} clients for ${seconds} s against ${stack.url}`);
  await Promise.all(
    Array.from({ length: clients }, () => new Client(stack.url, ledger).run(until)),
  );
  clearInterval(progress);
  // Posts that met the removal of their user are taken back a moment after.
  await sleep(1000);
  const mistakes = [...ledger.mistakes, ...(await check(stack, ledger))];
  console.info(`  ${ledger}`);
  for (const mistake of mistakes.slice(0, 20)) console.error(`  ${mistake}`);
  console.info(mistakes.length === 0 ? "The tables hold what was acknowledged." : "Failed.");
  process.exitCode = mistakes.length === 0 ? 0 : 1;
} finally {
  await stack.stop();
}
