/** `--live` against a stand-in for AWS's price API. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { livePrices } from "../../cost/live.ts";
import type { PriceFile } from "../../cost/prices.ts";
import { type Asked, environmentFor, product, standIn } from "./stand-in.ts";

const DAY = "2026-12-24";

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await stop?.();
});

/** Asks for one price, `BoxUsage:t4g.micro` at $0.0084 in the file. */
async function ask(answer: (asked: Asked) => unknown, filters = {}) {
  const server = await standIn(answer);
  stop = server.stop;
  for (const [name, value] of Object.entries(environmentFor(server.url))) vi.stubEnv(name, value);
  const file: PriceFile = {
    region: "us-east-1",
    currency: "USD",
    elsewhere: [],
    alwaysFree: [],
    types: {},
    prices: {
      "ec2.t4g.micro": {
        usd: "0.0084",
        unit: "hour",
        date: "2026-01-01",
        source: "https://aws.amazon.com/ec2/pricing/on-demand/",
        live: { service: "AmazonEC2", usagetype: "BoxUsage:t4g.micro", filters },
      },
    },
  };
  const live = await livePrices(file, "eu-west-1", DAY);
  return { ...live, price: live.prices.prices["ec2.t4g.micro"], asked: server.asked, file };
}

const list = (...products: string[]) => ({ FormatVersion: "aws_v1", PriceList: products });

describe("the price of an hour", () => {
  test("is asked for by service, region and attributes", async () => {
    const { asked } = await ask(() => list(product("EU-BoxUsage:t4g.micro", "0.0092")), {
      operatingSystem: "Linux",
    });
    expect(asked).toEqual([
      {
        target: "AWSPriceListService.GetProducts",
        body: {
          ServiceCode: "AmazonEC2",
          FormatVersion: "aws_v1",
          Filters: [
            { Type: "TERM_MATCH", Field: "regionCode", Value: "eu-west-1" },
            { Type: "TERM_MATCH", Field: "operatingSystem", Value: "Linux" },
          ],
        },
      },
    ]);
  });

  test("replaces that of the file, with its day, and leaves the file alone", async () => {
    const { price, changes, kept, prices, file } = await ask(() =>
      list(product("EU-BoxUsage:t4g.micro", "0.0092000000")),
    );
    expect(price).toMatchObject({ usd: "0.0092", date: DAY, unit: "hour" });
    expect(changes).toEqual([{ key: "ec2.t4g.micro", before: "0.0084", now: "0.0092" }]);
    expect(kept).toEqual([]);
    expect(prices.region).toBe("eu-west-1");
    expect(file.prices["ec2.t4g.micro"]).toMatchObject({ usd: "0.0084", date: "2026-01-01" });
  });

  test("is confirmed when it is the same, however many zeros AWS writes", async () => {
    const { price, changes } = await ask(() => list(product("BoxUsage:t4g.micro", "0.0084000000")));
    expect(changes).toEqual([]);
    expect(price).toMatchObject({ usd: "0.0084", date: DAY });
  });

  test("is found among others, on any page", async () => {
    const { price, asked } = await ask(({ body }) =>
      body.NextToken
        ? list(product("EU-BoxUsage:t4g.micro", "0.0092"))
        : {
            ...list(
              product("EU-UnusedBox:t4g.micro", "1"),
              product("EU-DedicatedUsage:t4g.micro", "2"),
              product("EU-EBSOptimized-BoxUsage:t4g.micro", "3"),
            ),
            NextToken: "more",
          },
    );
    expect(price?.usd).toBe("0.0092");
    expect(asked).toHaveLength(2);
  });

  test("is that of the first quantity that is not free", async () => {
    const { price } = await ask(() =>
      list(
        product("EU-BoxUsage:t4g.micro", [
          [10, "0.009"],
          [0, "0.0000000000"],
          [100, "0.008"],
        ]),
      ),
    );
    expect(price?.usd).toBe("0.009");
  });
});

describe("an answer that does not tell", () => {
  test.each([
    ["nothing", [], 'AWS has no "BoxUsage:t4g.micro" in eu-west-1'],
    ["something else", [product("EU-BoxUsage:t4g.small", "1")], "AWS has no"],
    [
      "a price by another unit",
      [product("EU-BoxUsage:t4g.micro", "6.132")],
      'AWS says 6.132, which must be for another unit than "hour"',
    ],
    [
      "two prices",
      [product("EU-BoxUsage:t4g.micro", "0.009"), product("EU-BoxUsage:t4g.micro", "0.008")],
      'AWS has 2 prices of "BoxUsage:t4g.micro" in eu-west-1',
    ],
  ])("(%s) leaves the price of the file and says why", async (_, products, why) => {
    const { price, kept, changes } = await ask(() => list(...products));
    expect(price).toMatchObject({ usd: "0.0084", date: "2026-01-01" });
    expect(kept).toEqual([{ key: "ec2.t4g.micro", why: expect.stringContaining(why) }]);
    expect(changes).toEqual([]);
  });
});
