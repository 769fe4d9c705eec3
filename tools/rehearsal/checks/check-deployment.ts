import { entranceOf } from "../../../infra/network/entrance.ts";
import { stageOf } from "../../../infra/stages.ts";
import { checkArtifact } from "./artifact.ts";
import type { Cloud } from "./cloud.ts";
import { type Deployment, findDeployment } from "./deployment.ts";
import { checkEntrance } from "./entrance.ts";
import { checkFleet } from "./fleet.ts";
import { checkLinks } from "./links.ts";
import { checkLogs } from "./logs.ts";
import { checkNetwork } from "./network.ts";
import { checkQuotes } from "./quotes.ts"; // drop: quotes
import { checkTables } from "./tables.ts";

/**
 * Checks that a deployed stage is wired from the balancer to the tables, and returns it. What each resource
 * is given is what the tests of the resource graph hold.
 *
 * @throws AssertionError that says what is missing or different
 */
export async function checkDeployment(cloud: Cloud, stage: string): Promise<Deployment> {
  const choices = stageOf(stage);
  const deployment = await findDeployment(cloud);
  await checkEntrance(cloud, deployment, entranceOf(choices));
  await checkNetwork(cloud, deployment, stage);
  await checkFleet(cloud, deployment);
  await checkArtifact(cloud, deployment.plan);
  const { tables } = await checkLinks(cloud, deployment, stage);
  await checkTables(cloud, tables);
  await checkQuotes(cloud, deployment, choices); // drop: quotes
  if (choices.logs) await checkLogs(cloud, deployment, stage);
  return deployment;
}
