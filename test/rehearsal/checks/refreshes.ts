import { DescribeInstanceRefreshesCommand } from "@aws-sdk/client-auto-scaling";
import type { Cloud } from "../cloud.ts";
import { findBalancedGroup } from "../deployment.ts";

/** How the instance refreshes of the API's group ended, latest first. */
export async function findRefreshes(cloud: Cloud): Promise<(string | undefined)[]> {
  const { AutoScalingGroupName } = await findBalancedGroup(cloud);
  const found = await cloud.autoScaling.send(
    new DescribeInstanceRefreshesCommand({ AutoScalingGroupName }),
  );
  return (found.InstanceRefreshes ?? []).map((each) => each.Status);
}
