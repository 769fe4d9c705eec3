/**
 * `npm run cost`: what a stage costs, computed from its actual resources. docs/cost.md says more.
 *
 * Exits with 0; with 1 when it cannot tell, for example without credentials for `--live`; with 2 for
 * a wrong argument; with 3 when a resource has no price, so that the sums are too low.
 */
import { writeFile } from "node:fs/promises";
import { styleText } from "node:util";
import { main } from "../common/command-line.ts";
import { actualCosts, actualText } from "./cost/actual.ts";
import { type CostArguments, readArguments, USAGE } from "./cost/arguments.ts";
import { diff } from "./cost/diff.ts";
import { writeDocs } from "./cost/docs.ts";
import { livePrices } from "./cost/live.ts";
import { datesOf, PRICE_FILE, type PriceFile, readPrices } from "./cost/prices.ts";
import { sectionsOf } from "./cost/report.ts";
import { type Study, study } from "./cost/study.ts";

/** The tag `app` of every resource, see sst.config.ts. */
const APP = "steadfast";

await main("cost", USAGE, (args) => run(readArguments(args)), explain);

/** @returns the exit code */
async function run(args: CostArguments): Promise<number> {
  if (args.diff) {
    console.info(await diff(args.diff, args.rps === undefined ? [] : ["--rps", `${args.rps}`]));
    return 0;
  }
  const prices = await pricesFor(args);
  if (args.docs) {
    await writeDocs(prices);
    return 0;
  }
  const actual = args.actual ? await actualCosts(APP, args.stage) : undefined;
  const result = await study(args.stage, prices, args);
  if (args.json) console.info(json({ ...result, ...(actual && { actual }) }));
  else {
    const sections = sectionsOf(result, args);
    if (actual) sections.unshift({ title: "Paid", text: actualText(actual, args.stage) });
    for (const { title, text } of sections)
      console.info(`\n${styleText("bold", title)}\n\n${paint(text)}`);
  }
  return result.unpriced.length > 0 ? 3 : 0;
}

/** Everything but the price file, whose prices are on each line. */
function json({ prices, ...rest }: Study): string {
  const { region } = prices;
  return JSON.stringify({ region, dates: datesOf(prices), ...rest }, null, 2);
}

/** Highlights sums on a terminal. */
function paint(text: string): string {
  return text.replaceAll(/^.*\*\*.*$/gm, (line) => styleText("bold", line));
}

async function pricesFor({ live, save, json }: CostArguments): Promise<PriceFile> {
  const file = readPrices();
  const region = process.env.AWS_REGION || file.region;
  const say = (line: string) => !json && console.info(line);
  if (!live) {
    if (region !== file.region)
      console.error(
        `AWS_REGION is ${region}; these are prices of ${file.region}. --live asks for ${region}'s.`,
      );
    return file;
  }
  const { prices, changes, kept } = await livePrices(
    file,
    region,
    new Date().toISOString().slice(0, 10),
  );
  const asked = Object.keys(file.prices).length - kept.length;
  say(
    `AWS's price API has ${asked} of the prices for ${region}; ${changes.length} differ from the price file.`,
  );
  for (const { key, before, now } of changes) say(`  ${key}: ${before} in the file, now ${now}`);
  for (const { key, why } of kept) say(`  ${key}: as in the file; ${why}`);
  if (save) await writeFile(PRICE_FILE, `${JSON.stringify(prices, null, 2)}\n`);
  return prices;
}

/** One line; explains the AWS errors that everybody meets once. */
function explain({ name, message }: Error): string {
  if (/Credentials|ExpiredToken|UnrecognizedClient|InvalidClientToken|^TokenProvider/.test(name))
    return `AWS cannot be asked without credentials (${message.split("\n")[0]}); see docs/deploy.md`;
  if (name === "AccessDeniedException") return `AWS refuses: ${message}`;
  return message.split("\n")[0] as string;
}
