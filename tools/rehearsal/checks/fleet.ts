import assert from "node:assert/strict";
import type { Cloud } from "./cloud.ts";
import type { Deployment } from "./deployment.ts";
import { present, same } from "./expect.ts";

/** Every instance runs the group's version of its template, and serves. */
export async function checkFleet(
  cloud: Cloud,
  { group, version, template, targetGroup }: Deployment,
): Promise<void> {
  assert.match(version, /^\d+$/, "the group's template version is no number to roll back to");
  assert.match(present(template.ImageId, "image"), /^ami-/, "the image is resolved at deploy time");
  const instances = group.Instances ?? [];
  same(instances.length, group.DesiredCapacity, "instances");
  for (const instance of instances) {
    same(instance.LifecycleState, "InService", `state of ${instance.InstanceId}`);
    same(instance.LaunchTemplate?.Version, version, `template version of ${instance.InstanceId}`);
  }
  const { TargetHealthDescriptions = [] } = await cloud.balancing.describeTargetHealth({
    TargetGroupArn: targetGroup.TargetGroupArn,
  });
  const healthy = TargetHealthDescriptions.filter((each) => each.TargetHealth?.State === "healthy");
  const targets = healthy.map((each) => each.Target?.Id);
  same(
    targets.sort(),
    instances.map((each) => each.InstanceId).sort(),
    "healthy targets of the balancer",
  );
}
