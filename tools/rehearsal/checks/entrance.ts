/** The entrance: CloudFront before an internal balancer, or a public balancer. */
import type { DistributionSummary } from "@aws-sdk/client-cloudfront";
import type { Entrance } from "../../../infra/network/entrance.ts";
import type { Cloud } from "./cloud.ts";
import type { Deployment } from "./deployment.ts";
import { only, present, same } from "./expect.ts";

/** The balancer and CloudFront are as the stage's entrance says. */
export async function checkEntrance(cloud: Cloud, { balancer }: Deployment, entrance: Entrance) {
  const wanted = entrance === "edge" ? "internal" : "internet-facing";
  same(balancer.Scheme, wanted, "the balancer's scheme");
  const distributions = await distributionsOf(cloud);
  if (entrance !== "edge") return same(distributions, [], "distributions without an edge");
  await checkDistribution(cloud, only(distributions, "distribution"), balancer);
}

/** Every distribution of the account. */
export async function distributionsOf({ edge }: Cloud): Promise<DistributionSummary[]> {
  const { DistributionList } = await edge.listDistributions();
  return DistributionList?.Items ?? [];
}

async function checkDistribution(
  { edge }: Cloud,
  { Id }: DistributionSummary,
  balancer: Deployment["balancer"],
) {
  const { Distribution } = await edge.getDistribution({ Id });
  same(Distribution?.Status, "Deployed", "the distribution's state");
  const config = present(Distribution?.DistributionConfig, "the distribution's configuration");
  same(config.Enabled, true, "the distribution");
  const behavior = config.DefaultCacheBehavior;
  same(behavior?.ViewerProtocolPolicy, "redirect-to-https", "the distribution's protocol");
  same(behavior?.AllowedMethods?.Quantity, 7, "methods that the distribution takes");
  const errors = config.CustomErrorResponses?.Items ?? [];
  same(errors.filter((each) => each.ErrorCachingMinTTL !== 0).length, 0, "errors that are kept");
  same(errors.length, 11, "kinds of errors that are not kept");
  const origin = only(config.Origins?.Items, "origin of the distribution");
  same(origin.DomainName, balancer.DNSName, "the origin's name");
  const { VpcOrigin } = await edge.getVpcOrigin({ Id: origin.VpcOriginConfig?.VpcOriginId });
  same(VpcOrigin?.Status, "Deployed", "the VPC origin's state");
  const endpoint = VpcOrigin?.VpcOriginEndpointConfig;
  same(endpoint?.Arn, balancer.LoadBalancerArn, "the balancer behind the VPC origin");
  same(endpoint?.OriginProtocolPolicy, "http-only", "the protocol behind CloudFront");
}
