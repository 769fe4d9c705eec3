/** The price file: complete, dated, and consistent with stages and code. */
import { Decimal } from "decimal.js";
import { beforeAll, describe, expect, test } from "vitest";
import { type Stage, stages } from "../../../../infra/stages.ts";
import { estimate } from "../../cost/estimate.ts";
import { pricers } from "../../cost/pricers/index.ts";
import { readPrices } from "../../cost/prices.ts";
import type { GraphRequest, Recorded } from "../../graph/resource.ts";
import { resourceGraphs } from "../../graph.ts";

const file = readPrices();

/** Options that add resources which no stage has by default. */
const EXTRAS = [
  { nat: "ec2" },
  { nat: "managed" },
  { domain: "api.example.com" },
  { spot: { base: 1, percent: 50 } },
  { nat: "endpoints" },
  { quotes: true }, // drop: quotes
  { logs: true, monitoring: true, alarmEmails: ["ops@example.com"], monthlyBudget: 50 },
  ...[
    { connection: "new" },
    { credential: "account" },
    { secret: "arn:aws:secretsmanager:us-east-1:123456789012:secret:git-token-AbCdEf" },
  ].map((source) => ({ pipeline: { repository: "owner/name", branch: "main", source } })),
  // An option may depend on another.
  { ...stages.prod, quotes: true }, // drop: quotes
  { ...stages.prod, quotes: true, nat: "ec2", domain: "api.example.com" }, // drop: quotes
  {
    ...stages.rehearsal,
    nat: "endpoints",
    quotes: false, // drop: quotes
  },
] as Partial<Stage>[];

let graphs: Recorded[][];

beforeAll(async () => {
  const named: GraphRequest[] = [...Object.keys(stages), "personal"].map((stage) => ({ stage }));
  const more = EXTRAS.map((choices) => ({ stage: "personal", choices }));
  graphs = await resourceGraphs([...named, ...more]);
});

describe("the price file", () => {
  test("has every type that any stage uses, and a price for all that it is counted by", () => {
    const missing = graphs.flatMap((graph) => estimate({ graph, prices: file }).unpriced);
    expect(missing).toEqual([]);
  });

  test("says of each price its unit, the day and where AWS has it", () => {
    for (const [key, price] of Object.entries(file.prices)) {
      expect(new Decimal(price.usd).isPositive(), key).toBe(true);
      expect(price, key).toMatchObject({
        unit: expect.stringMatching(/./),
        date: expect.stringMatching(/^20\d\d-\d\d-\d\d$/),
        source: expect.stringMatching(/^https:\/\/aws\.amazon\.com\/.+\/pricing\//),
      });
      // A price that AWS's price API lacks must say why.
      expect(price.live ?? price.note, key).toBeDefined();
    }
  });

  test("has a reason for each type that is free", () => {
    for (const [type, price] of Object.entries(file.types))
      if ("free" in price) expect(price.free.length, type).toBeGreaterThan(3);
  });

  test("prices exactly the types that the code knows how to count", () => {
    const priced = Object.entries(file.types).filter(([, price]) => "prices" in price);
    expect(priced.map(([type]) => type)).toEqual(Object.keys(pricers).sort());
  });

  test("names prices that there are, and none that nothing is counted by", () => {
    const counted = Object.values(file.types).flatMap((type) =>
      "prices" in type ? type.prices : [],
    );
    const named = [...counted, ...file.elsewhere];
    const matches = (pattern: string, key: string) =>
      pattern.endsWith("*") ? key.startsWith(pattern.slice(0, -1)) : pattern === key;
    const keys = Object.keys(file.prices);
    expect(named.filter((each) => !keys.some((key) => matches(each, key)))).toEqual([]);
    expect(keys.filter((key) => !named.some((each) => matches(each, key)))).toEqual([]);
  });

  test("counts a line by prices that its type names", () => {
    for (const graph of graphs) {
      for (const { type, price } of estimate({ graph, prices: file }).lines) {
        const known = file.types[type];
        const patterns = known && "prices" in known ? known.prices : [];
        expect(
          patterns.some((each) => price.startsWith(each.replace("*", ""))),
          `${type} by ${price}`,
        ).toBe(true);
      }
    }
  });

  test("gives nothing for free of which there is no price", () => {
    for (const { prices } of file.alwaysFree)
      expect(Object.keys(file.prices)).toEqual(expect.arrayContaining(prices));
  });
});
