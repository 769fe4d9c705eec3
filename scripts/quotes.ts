/** `npm run quotes`: a market's newest quotes, from an API; with `--chart` its last day as a chart. */
import type { Quote } from "@steadfast/core/quotes";
import { isHttp, main, parseCommandLine, readNumber, WrongArgument } from "./command-line.ts";
import { drawChart } from "./quotes/chart.ts";

const USAGE = `npm run quotes -- [options]

  --chart           draw them; otherwise the last ten are listed
  --hours N         with --chart: how far back (default 24, at most 8784)
  --symbol COIN     which coin (default BTC)
  --currency CODE   in which currency (default USD)
  --url URL         where the API is (default http://127.0.0.1:3000, or at PORT)
  -h, --help        this text`;

const HOUR = 3_600_000;
const MARGIN = 14;

await main("quotes", USAGE, async (args) => {
  const chosen = readArguments(args);
  await (chosen.chart ? chart(chosen) : newest(chosen));
});

function readArguments(args: string[]) {
  const { values } = parseCommandLine({
    args,
    options: {
      chart: { type: "boolean", default: false },
      url: { type: "string", default: `http://127.0.0.1:${process.env.PORT || 3000}` },
      symbol: { type: "string", default: "BTC" },
      currency: { type: "string", default: "USD" },
      hours: { type: "string", default: "24" },
    },
  });
  const { url } = values;
  if (!isHttp(url))
    throw new WrongArgument(`--url is "${url}"; it must begin with http:// or https://`);
  return { ...values, hours: readNumber("hours", values.hours, { from: 0.1, to: 24 * 366 }) };
}

type Options = ReturnType<typeof readArguments>;

interface Page {
  items: Quote[];
  next_cursor: string | null;
}

/** @throws with one line that says what the API said */
async function ask(
  { url, symbol, currency }: Options,
  query: Record<string, string>,
): Promise<Page> {
  const address = new URL("/quotes", url);
  address.search = new URLSearchParams({ symbol, currency, ...query }).toString();
  const response = await fetch(address).catch(() => {
    throw new Error(`nothing answers at ${url}: run npm start, or name another with --url`);
  });
  const body = (await response.json().catch(() => {
    throw new Error(`what answers at ${url} is not the API: name another with --url`);
  })) as Page & { detail?: string };
  if (!response.ok) throw new Error(`${address.href}: ${response.status} ${body.detail}`);
  return body;
}

async function chart(chosen: Options): Promise<void> {
  const to = Date.now();
  const from = to - chosen.hours * HOUR;
  const quotes: Quote[] = [];
  let cursor: string | null = null;
  do {
    const range = { from: new Date(from).toISOString(), limit: "1000" };
    const page: Page = await ask(chosen, { ...range, ...(cursor && { cursor }) });
    quotes.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  const points = quotes.map(({ last_updated, price }) => ({
    at: Date.parse(last_updated),
    value: Number(price),
  }));
  const width = Math.max(20, Math.min(120, (process.stdout.columns ?? 86) - MARGIN));
  const lines = drawChart(points, { from, to, width });
  const madeUp = quotes.some(({ source }) => source === "stand-in") ? ", made up" : "";
  console.info(
    `${chosen.symbol} in ${chosen.currency}, ${quotes.length} quotes of ${chosen.hours} hours${madeUp}`,
  );
  for (const line of lines) console.info(line);
}

async function newest(chosen: Options): Promise<void> {
  const { items } = await ask(chosen, { limit: "10" });
  if (items.length === 0) console.info(`No quotes of ${chosen.symbol} in ${chosen.currency}.`);
  for (const { last_updated, price, source } of items.toReversed()) {
    console.info(`${last_updated}  ${price}  ${source}`);
  }
}
