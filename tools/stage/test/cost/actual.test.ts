/** `--actual` against a stand-in for Cost Explorer. */
import { afterEach, expect, test, vi } from "vitest";
import { actualCosts, actualText } from "../../cost/actual.ts";
import { type Asked, environmentFor, month, standIn } from "./stand-in.ts";

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await stop?.();
});

async function start(answer: (asked: Asked) => unknown) {
  const server = await standIn(answer);
  stop = server.stop;
  for (const [name, value] of Object.entries(environmentFor(server.url))) vi.stubEnv(name, value);
  return server;
}

test("asks once for last month and this one, by service, of what has the stage's tags", async () => {
  const { asked } = await start(() => ({ ResultsByTime: [] }));
  await actualCosts("steadfast", "prod", new Date("2027-01-15T12:00:00Z"));
  expect(asked).toEqual([
    {
      target: "AWSInsightsIndexService.GetCostAndUsage",
      body: {
        TimePeriod: { Start: "2026-12-01", End: "2027-01-15" },
        Granularity: "MONTHLY",
        Metrics: ["UnblendedCost"],
        Filter: {
          And: [
            { Tags: { Key: "app", Values: ["steadfast"] } },
            { Tags: { Key: "stage", Values: ["prod"] } },
          ],
        },
        GroupBy: [{ Type: "DIMENSION", Key: "SERVICE" }],
      },
    },
  ]);
});

test("puts months together that come in pages, the dearest service first", async () => {
  await start(({ body }) =>
    body.NextPageToken
      ? { ResultsByTime: [month("2026-10-01", "2026-11-01", { "Amazon DynamoDB": "3.6" })] }
      : {
          ResultsByTime: [
            month("2026-10-01", "2026-11-01", {
              AmazonCloudWatch: "0.0000001",
              Tax: "0",
              ELB: "16.4",
            }),
            month("2026-11-01", "2026-11-22", { ELB: "11.3" }, true),
          ],
          NextPageToken: "more",
        },
  );
  const months = await actualCosts("steadfast", "prod", new Date("2026-11-22T12:00:00Z"));
  expect(actualText(months, "prod")).toBe(`| 2026-10-01 to before 2026-11-01 | US dollars |
| :------------------------------ | ---------: |
| ELB                             |      16.40 |
| Amazon DynamoDB                 |       3.60 |
| AmazonCloudWatch                |      <0.01 |
| **Sum**                         |      20.00 |

| 2026-11-01 to before 2026-11-22, not final | US dollars |
| :----------------------------------------- | ---------: |
| ELB                                        |      11.30 |
| **Sum**                                    |      11.30 |`);
});

test("says what to look at when there is nothing with the tags", async () => {
  await start(() => ({ ResultsByTime: [month("2026-10-01", "2026-11-01", {})] }));
  const text = actualText(await actualCosts("steadfast", "ada"), "ada");
  expect(text).toContain("nothing with the tags app=steadfast and stage=ada");
  expect(text).toContain("cost allocation tags");
});
