/** Network: balancer, CloudFront, addresses, NAT, endpoints. */
import { fixed, type Item, type Pricer, type PricerContext, used } from "../items.ts";
import { SECONDS } from "../load.ts";

/** How long the balancer keeps an idle connection. */
const IDLE_SECONDS = 60;

/** GB a month between an instance's agents and AWS. */
const AGENTS_GB = 0.5;

/** The balancer: hours, capacity units, an address per zone, and traffic to the internet. */
export const loadBalancer: Pricer = ({ inputs }, context) => {
  const { hours, load } = context;
  const zones = inputs.internal ? 0 : inputs.subnets.length;
  const items: Item[] = [
    fixed("Load balancer", "hours", "alb.hour", hours),
    used("Load balancer", "capacity units", "alb.lcu", hours.times(capacityUnits(context))),
  ];
  if (zones === 0) return items;
  return [
    ...items,
    fixed("Public addresses", `${zones} × public address`, "vpc.ipv4", hours.times(zones)),
    used("Traffic out", "answers", "transfer.out", load.gbOut),
  ];
};

/**
 * CloudFront: requests, answers, and traffic to the balancer. Traffic from the balancer to
 * CloudFront is free.
 */
export const distribution: Pricer = (_, { load }) => [
  used("CloudFront", "requests", "cloudfront.request", load.total),
  used("CloudFront", "answers", "cloudfront.out", load.gbOut),
  used("CloudFront", "requests' content", "cloudfront.origin", load.gbIn),
];

/** Average capacity units: the dimension that needs most counts. */
export function capacityUnits({ load }: Pick<PricerContext, "load">): number {
  const opened = load.connections / SECONDS;
  const gbAnHour = (load.gbIn + load.gbOut) / (SECONDS / 3600);
  return Math.max(opened / 25, (opened * IDLE_SECONDS) / 3000, gbAnHour);
}

/** An Elastic IP address, in use or not. */
export const address: Pricer = (_, { hours }) => [
  fixed("Public addresses", "public address", "vpc.ipv4", hours),
];

/** A NAT gateway: hours and traffic; its address is separate. */
export const natGateway: Pricer = (_, { hours }) => [
  fixed("NAT and endpoints", "hours", "vpc.nat.hour", hours),
  used("NAT and endpoints", "traffic", "vpc.nat.gb", AGENTS_GB),
];

/** Gateway endpoints are free; interface endpoints are paid per zone. */
export const endpoint: Pricer = ({ inputs }, { hours }) => {
  if (inputs.vpcEndpointType !== "Interface") return [];
  const zones = inputs.subnetIds?.length ?? 1;
  return [
    fixed("NAT and endpoints", `hours in ${zones} zones`, "vpc.endpoint.hour", hours.times(zones)),
    used("NAT and endpoints", "traffic", "vpc.endpoint.gb", AGENTS_GB),
  ];
};

/** A private or public zone; SST creates a private one in each VPC. */
export const zone: Pricer = () => [fixed("Route 53", "DNS zone", "route53.zone", 1)];
