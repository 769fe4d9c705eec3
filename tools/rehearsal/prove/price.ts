/** The cost of proving a stage, from the price list of `npm run cost`. */
import { Decimal } from "decimal.js";
import { stageOf } from "../../../infra/stages.ts";
import { estimate, total } from "../../stage/cost/estimate.ts";
import { PERSONAL_LOAD } from "../../stage/cost/load.ts";
import { HOURS, readPrices } from "../../stage/cost/prices.ts";
import { resourceGraph } from "../../stage/graph.ts";

/** Deploys, rollouts and the removal take about an hour, and AWS bills started balancer hours. */
export const PROVING_HOURS = 2;

/** US dollars for {@link PROVING_HOURS} of the stage, before any free tier. */
export async function priceOf(stage: string): Promise<Decimal> {
  const { architecture: _, ...choices } = stageOf(stage);
  const graph = await resourceGraph(stage, choices);
  const { lines } = estimate({ graph, prices: readPrices(), load: PERSONAL_LOAD });
  return total(lines).div(new Decimal(HOURS)).times(PROVING_HOURS);
}
