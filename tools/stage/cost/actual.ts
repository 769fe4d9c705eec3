/** What was really paid, according to AWS Cost Explorer. */
import type { Expression, ResultByTime } from "@aws-sdk/client-cost-explorer";
import { Decimal } from "decimal.js";
import { money, table } from "./format.ts";

/** A month, or what there is of the present one. */
export interface Actual {
  /** First day, such as `2026-11-01`. */
  start: string;
  /** Day after the last. */
  end: string;
  /** AWS may still add to it. */
  estimated: boolean;
  services: { service: string; usd: Decimal }[];
}

/**
 * Asks Cost Explorer for the last month and this one, by the tags that SST puts on everything.
 *
 * The tags `app` and `stage` must be activated as cost allocation tags in the billing console once;
 * they count from then on. AWS does not tag all of its lines, CloudWatch's alarms for one. Needs
 * `ce:GetCostAndUsage`. **It costs $0.01 a call**, one for each page of an answer.
 * `AWS_ENDPOINT_URL_COST_EXPLORER` names another address.
 *
 * @param now Day on which it is asked.
 * @throws When AWS cannot be asked, such as without credentials.
 */
export async function actualCosts(app: string, stage: string, now = new Date()): Promise<Actual[]> {
  const { CostExplorerClient, GetCostAndUsageCommand } = await import(
    "@aws-sdk/client-cost-explorer"
  );
  const client = new CostExplorerClient({ region: "us-east-1" });
  const results: ResultByTime[] = [];
  try {
    let page: string | undefined;
    do {
      const answer = await client.send(
        new GetCostAndUsageCommand({
          TimePeriod: periodOf(now),
          Granularity: "MONTHLY",
          Metrics: ["UnblendedCost"],
          Filter: { And: [tag("app", app), tag("stage", stage)] },
          GroupBy: [{ Type: "DIMENSION", Key: "SERVICE" }],
          ...(page && { NextPageToken: page }),
        }),
      );
      results.push(...(answer.ResultsByTime ?? []));
      page = answer.NextPageToken;
    } while (page);
  } finally {
    client.destroy();
  }
  return monthsOf(results);
}

const tag = (Key: string, value: string): Expression => ({ Tags: { Key, Values: [value] } });

/** From the first of last month to today, which does not count. On the first, this month is empty. */
function periodOf(now: Date) {
  const day = (date: Date) => date.toISOString().slice(0, 10);
  const start = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1));
  return { Start: day(start), End: day(now) };
}

/** A month may come in several pages. */
function monthsOf(results: readonly ResultByTime[]): Actual[] {
  const months = new Map<string, Actual>();
  for (const { TimePeriod, Estimated = false, Groups = [] } of results) {
    const { Start: start = "", End: end = "" } = TimePeriod ?? {};
    const month = months.get(start) ?? { start, end, estimated: Estimated, services: [] };
    months.set(start, month);
    for (const { Keys = [], Metrics } of Groups) {
      const usd = new Decimal(Metrics?.UnblendedCost?.Amount ?? 0);
      if (!usd.isZero()) month.services.push({ service: Keys[0] ?? "?", usd });
    }
  }
  for (const { services } of months.values())
    services.sort((one, other) => other.usd.comparedTo(one.usd));
  return [...months.values()];
}

/** Months as text. */
export function actualText(months: readonly Actual[], stage: string): string {
  const all = months.flatMap(({ services }) => services);
  if (all.length === 0)
    return `Cost Explorer has nothing with the tags app=steadfast and stage=${stage}. Are they activated as cost allocation tags?`;
  return months
    .map(({ start, end, estimated, services }) => {
      const sum = Decimal.sum(0, ...services.map(({ usd }) => usd));
      const rows = services.map(({ service, usd }) => [service, money(usd)]);
      const title = `${start} to before ${end}${estimated ? ", not final" : ""}`;
      return table([title, ">US dollars"], [...rows, ["**Sum**", money(sum)]]);
    })
    .join("\n\n");
}
