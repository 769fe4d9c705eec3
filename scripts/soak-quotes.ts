/**
 * `npm run soak:quotes`: collectors at an interval of a second against a market that fails a third of
 * the time and a Postgres that crashes, then the table against what the market answered. Needs an
 * installed Postgres server; ends with 0 only when exactly the distinct quotes are stored.
 *
 *     npm run soak:quotes -- --minutes 10 --collectors 1 --restarts 2
 */
import { parseArgs } from "node:util";
import { soakQuotes } from "./soak/quotes.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    collectors: { type: "string", default: "1" },
    restarts: { type: "string", default: "2" },
  },
});
const [minutes, collectors, restarts] = [values.minutes, values.collectors, values.restarts].map(
  Number,
) as [number, number, number];
if (!(minutes > 0 && collectors >= 1 && restarts >= 0)) {
  console.error("--minutes and --collectors must be positive numbers, --restarts 0 or more.");
  process.exit(2);
}

const began = performance.now();
const seconds = minutes * 60;
console.info(`${collectors} collectors, one question a second, for ${seconds} s`);
const result = await soakQuotes({
  seconds,
  collectors,
  restarts,
  trouble: 1 / 3,
  log: (line) => console.info(`  ${Math.round((performance.now() - began) / 1000)} s: ${line}`),
});
console.info(`  cycles by failure: ${JSON.stringify(result.cycles)}`);
console.info(`  ${result.answered} distinct quotes answered, ${result.stored} stored`);
for (const mistake of result.mistakes.slice(0, 20)) console.error(`  ${mistake}`);
console.info(
  result.mistakes.length === 0 ? "The table holds exactly what was answered." : "Failed.",
);
process.exitCode = result.mistakes.length === 0 ? 0 : 1;
