import type { Cloud } from "./cloud.ts";
import type { Deployment } from "./deployment.ts";
import { only, same } from "./expect.ts";

/** The balancer spans two zones, is hardened, and asks the API for its readiness. */
export async function checkBalancer(
  cloud: Cloud,
  { balancer, listeners, targetGroup }: Deployment,
) {
  same(balancer.AvailabilityZones?.length, 2, "the balancer's zones");
  same(only(listeners, "listener without a domain").Port, 80, "the listener's port");
  const { Attributes = [] } = await cloud.balancing.describeLoadBalancerAttributes({
    LoadBalancerArn: balancer.LoadBalancerArn,
  });
  const attributes = new Map(Attributes.map((each) => [each.Key, each.Value]));
  same(
    attributes.get("routing.http.drop_invalid_header_fields.enabled"),
    "true",
    "dropping invalid headers",
  );
  same(attributes.get("routing.http.desync_mitigation_mode"), "defensive", "desync mitigation");
  same(targetGroup.HealthCheckPath, "/health/ready", "the health check's path");
  same(targetGroup.VpcId, balancer.VpcId, "the target group's VPC");
  await checkDraining(cloud, targetGroup.TargetGroupArn);
}

async function checkDraining(cloud: Cloud, TargetGroupArn: string | undefined) {
  const { Attributes = [] } = await cloud.balancing.describeTargetGroupAttributes({
    TargetGroupArn,
  });
  const delay = Attributes.find((each) => each.Key === "deregistration_delay.timeout_seconds");
  // AWS's own default of 300 s would make every rollout take five minutes an instance.
  same(
    Number(delay?.Value) > 0 && Number(delay?.Value) < 300,
    true,
    "a deregistration delay of its own",
  );
}
