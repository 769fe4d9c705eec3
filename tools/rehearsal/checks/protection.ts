import type { Cloud } from "./cloud.ts";
import type { Deployment } from "./deployment.ts";
import { same } from "./expect.ts";
import { readLinks } from "./links.ts";

/** AWS itself refuses to delete the tables and the balancer. */
export async function checkProtection(cloud: Cloud, { balancer, plan }: Deployment) {
  const { tables } = await readLinks(cloud, plan);
  for (const TableName of Object.values(tables)) {
    const { Table } = await cloud.dynamoDb.describeTable({ TableName });
    same(Table?.DeletionProtectionEnabled, true, `deletion protection of ${TableName}`);
  }
  const { Attributes = [] } = await cloud.balancing.describeLoadBalancerAttributes({
    LoadBalancerArn: balancer.LoadBalancerArn,
  });
  const protection = Attributes.find((each) => each.Key === "deletion_protection.enabled");
  same(protection?.Value, "true", "deletion protection of the balancer");
}
