import { readBootPlan } from "./boot-plan.ts";
import { checkArtifact } from "./checks/artifact.ts";
import { checkBalancer } from "./checks/balancer.ts";
import { checkFleet } from "./checks/fleet.ts";
import { checkLinks } from "./checks/links.ts";
import { checkNetwork } from "./checks/network.ts";
import { checkRole } from "./checks/role.ts";
import { checkTables } from "./checks/tables.ts";
import type { Cloud } from "./cloud.ts";
import { type Deployment, findDeployment } from "./deployment.ts";

/**
 * Checks a deployed stage from the balancer to the tables, and returns it.
 *
 * @throws AssertionError that says what is missing or different
 */
export async function checkDeployment(cloud: Cloud, stage: string): Promise<Deployment> {
  const deployment = await findDeployment(cloud);
  await checkBalancer(cloud, deployment);
  await checkNetwork(cloud, deployment);
  await checkFleet(cloud, deployment);
  const plan = readBootPlan(deployment.userData);
  await checkArtifact(cloud, plan);
  const links = await checkLinks(cloud, plan, deployment.userData, stage);
  await checkTables(cloud, links.tables);
  const objects = [plan.app, plan.runtime].map(({ key }) => ({
    // User data asks for a version.
    action: "s3:GetObjectVersion",
    arn: `arn:aws:s3:::${plan.bucket}/${key}`,
  }));
  const parameters = plan.parameters.map((name) => ({
    action: "ssm:GetParameters",
    arn: `arn:aws:ssm:${cloud.region}:123456789012:parameter${name.replace(/:[^:]*$/, "")}`,
  }));
  await checkRole(cloud, deployment, { tables: links.tables, reads: [...objects, ...parameters] });
  return deployment;
}
