/**
 * Runs the stand-in of CoinMarketCap, whose quotes are made up:
 * `node scripts/stand-in.ts [--port 8080]`. It listens on 127.0.0.1 alone.
 */
import { parseArgs } from "node:util";
import { STAND_IN_KEY, startStandIn } from "@steadfast/local";

const { values } = parseArgs({ options: { port: { type: "string", default: "8080" } } });
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`--port is "${values.port}"; it must be a number from 0 to 65535.`);
  process.exit(2);
}
const { url, stop } = await startStandIn({ port });
console.info(`Made-up quotes at ${url}, with the key "${STAND_IN_KEY}".`);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop());
