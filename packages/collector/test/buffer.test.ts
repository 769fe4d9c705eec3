import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Quote } from "@steadfast/core/quotes";
import { afterAll, beforeEach, expect, it } from "vitest";
import { QuoteBuffer } from "../src/buffer.ts";

const folder = mkdtempSync(join(tmpdir(), "steadfast-"));
const file = join(folder, "state", "quotes.jsonl");

beforeEach(() => rmSync(join(folder, "state"), { recursive: true, force: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function quote(minute: number): Quote {
  return {
    symbol: "BTC",
    currency: "USD",
    price: "64012.18452130087431230001",
    volume_24h: "1",
    market_cap: "2",
    last_updated: new Date(Date.UTC(2026, 0, 31, 12, minute)).toISOString(),
    source: "stand-in",
  };
}

const quotes = (...minutes: number[]) => minutes.map(quote);

it("keeps quotes in the order in which they came, none twice", () => {
  const buffer = new QuoteBuffer({ capacity: 10 });
  buffer.add(quotes(2, 1));
  buffer.add(quotes(1, 3));
  expect(buffer.first(10)).toEqual(quotes(2, 1, 3));
  buffer.remove(2);
  expect(buffer.first(10)).toEqual(quotes(3));
});

it("when it is full turns away the new ones, and says how many", () => {
  const buffer = new QuoteBuffer({ capacity: 2, file });
  expect(buffer.add(quotes(1, 2, 3, 4))).toBe(2);
  expect(buffer.add(quotes(2, 5))).toBe(1);
  expect(buffer.first(10)).toEqual(quotes(1, 2));
  buffer.remove(1);
  expect(buffer.add(quotes(5))).toBe(0);
  expect(new QuoteBuffer({ capacity: 9, file }).first(10)).toEqual(quotes(2, 5));
});

it("has everything again after a crash, but what was removed", () => {
  const buffer = new QuoteBuffer({ capacity: 10, file });
  buffer.add(quotes(1, 2));
  buffer.add(quotes(3));
  buffer.remove(1);
  buffer.add(quotes(4));
  expect(new QuoteBuffer({ capacity: 10, file }).first(10)).toEqual(quotes(2, 3, 4));
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it("bears a line that a crash cut short", () => {
  new QuoteBuffer({ capacity: 10, file }).add(quotes(1));
  appendFileSync(file, JSON.stringify(quote(2)).slice(0, 50));
  const buffer = new QuoteBuffer({ capacity: 10, file });
  buffer.add(quotes(3));
  expect(new QuoteBuffer({ capacity: 10, file }).first(10)).toEqual(quotes(1, 3));
});

it("bears lines that are no quotes", () => {
  new QuoteBuffer({ capacity: 10, file });
  writeFileSync(file, `{"price": 1}\nnull\n[]\n${JSON.stringify(quote(1))}\n`);
  expect(new QuoteBuffer({ capacity: 10, file }).first(10)).toEqual(quotes(1));
});

it("is empty on disk, too, when all is stored", () => {
  const buffer = new QuoteBuffer({ capacity: 10, file });
  buffer.add(quotes(1, 2));
  buffer.remove(2);
  expect(readFileSync(file, "utf8")).toBe("");
});

it("goes on in memory when its file cannot be written, and brings it up to date when it can", () => {
  const buffer = new QuoteBuffer({ capacity: 10, file });
  buffer.add(quotes(1));
  rmSync(join(folder, "state"), { recursive: true });
  buffer.add(quotes(2, 3));
  expect(buffer.problem?.message).toMatch(/ENOENT/);
  buffer.remove(1);
  expect(buffer.first(10)).toEqual(quotes(2, 3));
  mkdirSync(join(folder, "state"));
  buffer.add(quotes(4));
  expect(buffer.problem).toBeUndefined();
  expect(new QuoteBuffer({ capacity: 10, file }).first(10)).toEqual(quotes(2, 3, 4));
});

it("cannot be opened where it must not write, and says so", () => {
  expect(() => new QuoteBuffer({ capacity: 10, file: "/proc/quotes.jsonl" })).toThrow(/\/proc/);
});
