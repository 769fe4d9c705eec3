/** Instances, their disks and addresses. */
import type { Decimal } from "decimal.js";
import type { Recorded } from "../../graph/resource.ts";
import { fixed, type Item, type Pricer, type PricerContext, used } from "../items.ts";
import { HOURS } from "../prices.ts";

/** Metrics that an instance sends with detailed monitoring. */
const DETAILED_METRICS = 7;

/** Alarms that a target-tracking policy creates: one to scale out, one to scale in. */
const TRACKING_ALARMS = 2;

/** Share of a vCPU that a burstable instance may use on average, by size. */
const BASELINE: Record<string, number> = {
  nano: 0.05,
  micro: 0.1,
  small: 0.2,
  medium: 0.2,
  large: 0.3,
};

/** What one instance costs in a month. */
type Part = Pick<Item, "service" | "what" | "price" | "share"> & { quantity: Decimal };

/** A group pays for its instances: as many as the load needs, within its limits. */
export const group: Pricer = (resource, context) => {
  const template = templateOf(resource, context);
  const type = typeOf(resource, template);
  const { min, wanted, count } = countOf(resource, type, context);
  const regular = onDemandOf(resource, min);
  const machine: Part = {
    service: "EC2",
    what: type,
    price: `ec2.${type}`,
    quantity: context.hours,
  };
  const spot = { ...machine, what: `${type}, Spot`, share: context.spot };
  const parts = partsOf(template, context);
  const note = wanted > count ? ` (the load asks for ${wanted})` : "";
  return [
    ...times(regular, [machine], "fixed"),
    ...times(min - regular, [spot], "fixed"),
    ...times(min, parts, "fixed"),
    ...times(count - min, [machine, ...parts], "use", note),
    ...credits(type, count, resource, context),
    ...agentMetrics(template, min, context),
  ];
};

/** The metric that the CloudWatch agents of a group share, which each sends once a minute. */
function agentMetrics({ inputs }: Recorded, count: number, { hours }: PricerContext): Item[] {
  const userData = Buffer.from(String(inputs.userData ?? ""), "base64").toString();
  if (!userData.includes('"metrics_collected"')) return [];
  return [
    fixed("CloudWatch", "metric of the agent", "cloudwatch.metric", hours.div(HOURS)),
    fixed("CloudWatch", "the agent's calls", "cloudwatch.call", hours.times(60).times(count)),
  ];
}

function times(count: number, parts: Part[], kind: Item["kind"], note = ""): Item[] {
  if (count === 0) return [];
  return parts.map((part) => ({
    ...part,
    kind,
    what: `${count} × ${part.what}${note}`,
    quantity: part.quantity.times(count),
  }));
}

/** What comes with each instance: a disk, and possibly an address and metrics. */
function partsOf({ inputs }: Recorded, { hours }: PricerContext): Part[] {
  const { blockDeviceMappings, networkInterfaces, monitoring } = inputs;
  const disk = blockDeviceMappings?.[0]?.ebs?.volumeSize ?? 8;
  const isPublic = networkInterfaces?.[0]?.associatePublicIpAddress === "true";
  const month = hours.div(HOURS);
  const parts: (Part | false)[] = [
    { service: "EC2", what: `disk of ${disk} GB`, price: "ebs.gp3", quantity: month.times(disk) },
    isPublic && {
      service: "Public addresses",
      what: "public address",
      price: "vpc.ipv4",
      quantity: hours,
    },
    monitoring?.enabled === true && {
      service: "CloudWatch",
      what: "detailed monitoring",
      price: "cloudwatch.metric",
      quantity: month.times(DETAILED_METRICS),
    },
  ];
  return parts.filter((part) => part !== false);
}

/** How many instances are on demand; the others are Spot. AWS rounds up. */
function onDemandOf({ inputs }: Recorded, count: number): number {
  const distribution = inputs.mixedInstancesPolicy?.instancesDistribution;
  const base = Math.min(count, distribution?.onDemandBaseCapacity ?? count);
  const percent = distribution?.onDemandPercentageAboveBaseCapacity ?? 100;
  return base + Math.ceil(((count - base) * percent) / 100);
}

/** CPU above the baseline of burstable families, sold by the vCPU-hour. */
function credits(type: string, count: number, resource: Recorded, context: PricerContext): Item[] {
  const [family = "", size = ""] = type.split(".");
  const baseline = family.startsWith("t") ? BASELINE[size] : undefined;
  if (baseline === undefined) return [];
  const surplus = cpusOf(resource, context) - count * vcpusOf(type) * baseline;
  if (surplus <= 0) return [];
  return [
    used("EC2", "CPU above the baseline", `ec2.credit.${family}`, context.hours.times(surplus)),
  ];
}

function templateOf({ name, inputs }: Recorded, { graph }: PricerContext): Recorded {
  const id =
    inputs.launchTemplate?.id ??
    inputs.mixedInstancesPolicy?.launchTemplate?.launchTemplateSpecification?.launchTemplateId;
  const template = graph.find(
    (each) => each.type === "aws:ec2/launchTemplate:LaunchTemplate" && each.id === id,
  );
  if (!template) throw new Error(`the launch template of ${name} is not among the resources`);
  return template;
}

/** The group's first instance type. */
function typeOf({ inputs }: Recorded, template: Recorded): string {
  return (
    inputs.mixedInstancesPolicy?.launchTemplate?.overrides?.[0]?.instanceType ??
    template.inputs.instanceType
  );
}

function countOf(group: Recorded, type: string, context: PricerContext) {
  const { minSize: min, maxSize: max, name } = group.inputs;
  const policy = context.graph.find(
    (each) =>
      each.type === "aws:autoscaling/policy:Policy" && each.inputs.autoscalingGroupName === name,
  );
  const target = policy?.inputs.targetTrackingConfiguration?.targetValue ?? 60;
  const wanted = Math.ceil(cpusOf(group, context) / ((vcpusOf(type) * target) / 100));
  return { min, wanted, count: Math.min(Math.max(wanted, min), max) };
}

/** The load comes through the balancer, so a group without one has none. */
function cpusOf({ inputs }: Recorded, { load }: PricerContext): number {
  return inputs.targetGroupArns?.length ? load.cpus : 0;
}

/** vCPUs of an instance type, by AWS's rule for sizes. */
function vcpusOf(type: string): number {
  const size = type.split(".")[1] ?? "";
  const times = /^(\d*)xlarge$/.exec(size)?.[1];
  return times === undefined ? 2 : 4 * Number(times || 1);
}

/** A scaling policy is free; the alarms that it creates are not. */
export const policy: Pricer = ({ inputs }, { hours }) =>
  inputs.policyType === "TargetTrackingScaling"
    ? [
        fixed(
          "CloudWatch",
          `${TRACKING_ALARMS} alarms of the policy`,
          "cloudwatch.alarm",
          hours.div(HOURS).times(TRACKING_ALARMS),
        ),
      ]
    : [];

/** A single instance, for example for NAT. */
export const instance: Pricer = ({ inputs }, { hours }) => {
  const disk = inputs.rootBlockDevice?.volumeSize ?? 8;
  return [
    fixed("EC2", inputs.instanceType, `ec2.${inputs.instanceType}`, hours),
    fixed("EC2", `disk of ${disk} GB`, "ebs.gp3", hours.div(HOURS).times(disk)),
  ];
};
