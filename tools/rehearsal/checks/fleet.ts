import assert from "node:assert/strict";
import type { Cloud } from "./cloud.ts";
import type { Deployment } from "./deployment.ts";
import { present, same } from "./expect.ts";

/** What a numbered template and its instances must be: IMDSv2, encrypted disk, small user data, all in service. */
export async function checkFleet(
  cloud: Cloud,
  { group, version, template, targetGroup, userData }: Deployment,
) {
  assert.match(
    version,
    /^\d+$/,
    `the group uses version ${version} of its template; a number is needed to roll back`,
  );
  same(template.MetadataOptions?.HttpTokens, "required", "metadata tokens");
  same(template.MetadataOptions?.HttpPutResponseHopLimit, 1, "metadata hop limit");
  for (const disk of template.BlockDeviceMappings ?? []) {
    same(disk.Ebs?.Encrypted, true, `encryption of ${disk.DeviceName}`);
  }
  assert.match(present(template.ImageId, "image"), /^ami-/, "the image is resolved at deploy time");
  assert.ok(Buffer.byteLength(userData) <= 16_384, "user data is larger than 16 KB");
  assert.ok(userData.startsWith("#!"), "user data is not a script");
  same(group.HealthCheckType, "ELB", "the group's health check");
  await checkInstances(cloud, { group, version, targetGroup });
  await checkScaling(cloud, group.AutoScalingGroupName);
}

type Instances = Pick<Deployment, "group" | "version" | "targetGroup">;

async function checkInstances(cloud: Cloud, { group, version, targetGroup }: Instances) {
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

async function checkScaling(cloud: Cloud, name: string | undefined) {
  const { ScalingPolicies = [] } = await cloud.autoScaling.describePolicies({
    AutoScalingGroupName: name,
  });
  const metrics = ScalingPolicies.map(
    (each) => each.TargetTrackingConfiguration?.PredefinedMetricSpecification?.PredefinedMetricType,
  );
  assert.ok(metrics.includes("ASGAverageCPUUtilization"), "the group does not scale on CPU use");
}
