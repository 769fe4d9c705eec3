/** Network: balancer, CloudFront, addresses, NAT, endpoints. */
import type { Item, Pricer, PricerContext } from "../items.ts";
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
    { service: "Load balancer", what: "hours", price: "alb.hour", quantity: hours, kind: "fixed" },
    {
      service: "Load balancer",
      what: "capacity units",
      price: "alb.lcu",
      quantity: hours.times(capacityUnits(context)),
      kind: "use",
    },
  ];
  if (zones === 0) return items;
  return [
    ...items,
    {
      service: "Public addresses",
      what: `${zones} × public address`,
      price: "vpc.ipv4",
      quantity: hours.times(zones),
      kind: "fixed",
    },
    {
      service: "Traffic out",
      what: "answers",
      price: "transfer.out",
      quantity: load.gbOut,
      kind: "use",
    },
  ];
};

/**
 * CloudFront: requests, answers, and traffic to the balancer. Traffic from the balancer to
 * CloudFront is free.
 */
export const distribution: Pricer = (_, { load }) => {
  const use = { service: "CloudFront", kind: "use" } as const;
  return [
    { ...use, what: "requests", price: "cloudfront.request", quantity: load.total },
    { ...use, what: "answers", price: "cloudfront.out", quantity: load.gbOut },
    { ...use, what: "requests' content", price: "cloudfront.origin", quantity: load.gbIn },
  ];
};

/** Average capacity units: the dimension that needs most counts. */
export function capacityUnits({ load }: Pick<PricerContext, "load">): number {
  const opened = load.connections / SECONDS;
  const gbAnHour = (load.gbIn + load.gbOut) / (SECONDS / 3600);
  return Math.max(opened / 25, (opened * IDLE_SECONDS) / 3000, gbAnHour);
}

/** An Elastic IP address, in use or not. */
export const address: Pricer = (_, { hours }) => [
  {
    service: "Public addresses",
    what: "public address",
    price: "vpc.ipv4",
    quantity: hours,
    kind: "fixed",
  },
];

/** A NAT gateway: hours and traffic; its address is separate. */
export const natGateway: Pricer = (_, { hours }) => [
  {
    service: "NAT and endpoints",
    what: "hours",
    price: "vpc.nat.hour",
    quantity: hours,
    kind: "fixed",
  },
  {
    service: "NAT and endpoints",
    what: "traffic",
    price: "vpc.nat.gb",
    quantity: AGENTS_GB,
    kind: "use",
  },
];

/** Gateway endpoints are free; interface endpoints are paid per zone. */
export const endpoint: Pricer = ({ inputs }, { hours }) => {
  if (inputs.vpcEndpointType !== "Interface") return [];
  const zones = inputs.subnetIds?.length ?? 1;
  return [
    {
      service: "NAT and endpoints",
      what: `hours in ${zones} zones`,
      price: "vpc.endpoint.hour",
      quantity: hours.times(zones),
      kind: "fixed",
    },
    {
      service: "NAT and endpoints",
      what: "traffic",
      price: "vpc.endpoint.gb",
      quantity: AGENTS_GB,
      kind: "use",
    },
  ];
};

/** A private or public zone; SST creates a private one in each VPC. */
export const zone: Pricer = () => [
  { service: "Route 53", what: "DNS zone", price: "route53.zone", quantity: 1, kind: "fixed" },
];
