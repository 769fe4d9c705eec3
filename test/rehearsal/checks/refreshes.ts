import {
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
} from "@aws-sdk/client-auto-scaling";
import type { Cloud } from "../cloud.ts";
import { only } from "../expect.ts";

/** How the group's instance refreshes ended, latest first. */
export async function findRefreshes(cloud: Cloud): Promise<(string | undefined)[]> {
  const groups = await cloud.autoScaling.send(new DescribeAutoScalingGroupsCommand({}));
  const { AutoScalingGroupName } = only(groups.AutoScalingGroups, "auto scaling group");
  const found = await cloud.autoScaling.send(
    new DescribeInstanceRefreshesCommand({ AutoScalingGroupName }),
  );
  return (found.InstanceRefreshes ?? []).map((each) => each.Status);
}
