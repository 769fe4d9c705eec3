import { entranceOf } from "../../../infra/network/entrance.ts";
import { stageOf } from "../../../infra/stages.ts";
import { checkArtifact } from "./artifact.ts";
import { checkBalancer } from "./balancer.ts";
import { plainName } from "./boot-plan.ts";
import type { Cloud } from "./cloud.ts";
import { type Deployment, findDeployment } from "./deployment.ts";
import { checkEntrance } from "./entrance.ts";
import { checkFleet } from "./fleet.ts";
import { checkLinks } from "./links.ts";
import { checkLogs } from "./logs.ts";
import { checkMonitoring } from "./monitoring.ts";
import { checkNetwork } from "./network.ts";
import { checkQuotes } from "./quotes.ts";
import { checkRole } from "./role.ts";
import { checkTables } from "./tables.ts";

/**
 * Checks a deployed stage from the balancer to the tables, and returns it.
 *
 * @throws AssertionError that says what is missing or different
 */
export async function checkDeployment(cloud: Cloud, stage: string): Promise<Deployment> {
  const deployment = await findDeployment(cloud);
  await checkBalancer(cloud, deployment);
  await checkEntrance(cloud, deployment, entranceOf(stageOf(stage)));
  await checkNetwork(cloud, deployment, stage);
  await checkFleet(cloud, deployment);
  const { plan } = deployment;
  await checkArtifact(cloud, plan);
  const links = await checkLinks(cloud, deployment, stage);
  await checkTables(cloud, links.tables);
  await checkQuotes(cloud, deployment, stageOf(stage)); // drop: quotes
  const objects = [plan.app, plan.runtime].map(({ key }) => ({
    action: "s3:GetObject",
    arn: `arn:aws:s3:::${plan.bucket}/${key}`,
  }));
  const parameters = plan.parameters.map((name) => ({
    action: "ssm:GetParameter",
    arn: `arn:aws:ssm:${cloud.region}:${cloud.account}:parameter${plainName(name)}`,
  }));
  const group = ["CompleteLifecycleAction", "SetInstanceHealth"].map((action) => ({
    action: `autoscaling:${action}`,
    arn: `${deployment.group.AutoScalingGroupARN}`,
  }));
  const choices = stageOf(stage);
  const sent = choices.logs ? await checkLogs(cloud, deployment, stage) : [];
  const calls = [...objects, ...parameters, ...group, ...sent];
  await checkRole(cloud, deployment, { tables: links.tables, calls });
  if (choices.monitoring)
    await checkMonitoring(cloud, deployment, stage, Object.values(links.tables));
  return deployment;
}
