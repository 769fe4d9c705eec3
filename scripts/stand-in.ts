/**
 * Runs the CoinMarketCap stand-in with made-up quotes: `node scripts/stand-in.ts`. Listens on
 * 127.0.0.1 only.
 */
import { STAND_IN_KEY, startStandIn } from "@steadfast/local";
import { main, parseCommandLine, readNumber } from "../tools/common/command-line.ts";

const USAGE = `node scripts/stand-in.ts [options]

Serves a made-up market that answers as CoinMarketCap's API does.

  --port N     where it listens on 127.0.0.1; 0 for any (default 8080)
  -h, --help   this text

examples
  node scripts/stand-in.ts --port 8080`;

await main("stand-in", USAGE, async (args) => {
  const { values } = parseCommandLine({
    args,
    options: { port: { type: "string", default: "8080" } },
  });
  const port = readNumber("port", values.port, { from: 0, to: 65_535, whole: true });
  const { url, stop } = await startStandIn({ port });
  console.info(`Made-up quotes at ${url}, with the key "${STAND_IN_KEY}".`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop());
});
