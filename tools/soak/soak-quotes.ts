/**
 * `npm run soak:quotes`: collectors at a one-second interval against a market that fails a third of
 * the time and a Postgres that crashes and rotates its login; then compares the table with the
 * market's answers. Needs an installed Postgres server; exits with 0 only when exactly the distinct
 * quotes are stored.
 */
import { main, parseCommandLine, readNumber } from "../common/command-line.ts";
import { soakQuotes } from "./quotes.ts";

const USAGE = `npm run soak:quotes -- [options]

Runs collectors against a failing market and database, then checks that no quote is lost.

  --minutes N      how long (default 10)
  --collectors N   how many at once (default 1)
  --restarts N     how often the database crashes (default 2)
  --rotations N    how often its user name and password change (default 2)
  -h, --help       this text

examples
  npm run soak:quotes -- --minutes 2`;

await main("soak:quotes", USAGE, async (args) => {
  const { seconds, collectors, restarts, rotations } = readArguments(args);
  const began = performance.now();
  console.info(`${collectors} collectors, one question a second, for ${seconds} s`);
  const result = await soakQuotes({
    seconds,
    collectors,
    restarts,
    rotations,
    trouble: 1 / 3,
    log: (line) => console.info(`  ${Math.round((performance.now() - began) / 1000)} s: ${line}`),
  });
  console.info(`  cycles by failure: ${JSON.stringify(result.cycles)}`);
  console.info(`  ${result.answered} distinct quotes answered, ${result.stored} stored`);
  for (const mistake of result.mistakes.slice(0, 20)) console.error(`  ${mistake}`);
  const good = result.mistakes.length === 0;
  console.info(good ? "The table holds exactly what was answered." : "Failed.");
  return good ? 0 : 1;
});

function readArguments(args: string[]) {
  const { minutes, collectors, restarts, rotations } = parseCommandLine({
    args,
    options: {
      minutes: { type: "string", default: "10" },
      collectors: { type: "string", default: "1" },
      restarts: { type: "string", default: "2" },
      rotations: { type: "string", default: "2" },
    },
  }).values;
  return {
    seconds: readNumber("minutes", minutes, { from: 0.1, to: 1440 }) * 60,
    collectors: readNumber("collectors", collectors, { from: 1, to: 100, whole: true }),
    restarts: readNumber("restarts", restarts, { from: 0, to: 1000, whole: true }),
    rotations: readNumber("rotations", rotations, { from: 0, to: 1000, whole: true }),
  };
}
