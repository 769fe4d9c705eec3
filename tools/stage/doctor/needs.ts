/** A stage's needs, derived from its resources. */

import type { Recorded } from "../graph/resource.ts";
import { roleTypes } from "./service-roles.ts";

/** A group of instances. */
export interface Group {
  name: string;
  /** Fewest and most instances. */
  min: number;
  max: number;
  /** Instance types in order of preference. */
  types: string[];
  /** How many of `min` instances are on demand; the rest are Spot. */
  onDemand: (instances: number) => number;
  /** Fewest and most during a rollout, in percent. */
  pace: readonly [number, number];
  /** How many must serve even if the quota has no room. */
  leastServing: number;
}

export interface Needs {
  groups: Group[];
  /** Instances outside groups, such as NAT instances, by type. */
  singles: string[];
  /** Types of resources. */
  types: Set<string>;
  /** Services whose role AWS creates at first use. */
  serviceRoles: string[];
  /** Elastic IP addresses. */
  addresses: number;
  domain: string | undefined;
}

const GROUP = "aws:autoscaling/group:Group";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";

/** Derives needs from a resource graph. */
export function needsOf(resources: readonly Recorded[], domain: string | undefined): Needs {
  const of = (type: string) => resources.filter((each) => each.type === type);
  const templates = new Map(of(TEMPLATE).map((each) => [each.id, each.inputs.instanceType]));
  const rollouts = of("pulumi-nodejs:dynamic:Resource").map(({ inputs }) => inputs);
  const groups = of(GROUP).map(({ name, inputs }) => {
    const mixed = inputs.mixedInstancesPolicy;
    const template = mixed?.launchTemplate.launchTemplateSpecification.launchTemplateId;
    const overrides: { instanceType: string }[] = mixed?.launchTemplate.overrides ?? [];
    const { onDemandBaseCapacity = 0, onDemandPercentageAboveBaseCapacity: share = 100 } =
      mixed?.instancesDistribution ?? {};
    const own = templates.get(template ?? inputs.launchTemplate?.id);
    const { minHealthyPercentage, maxHealthyPercentage } = inputs.instanceMaintenancePolicy;
    const rollout = rollouts.find((each) => each.group === inputs.name);
    return {
      name: name.replace(/Group$/, ""),
      min: inputs.minSize,
      max: inputs.maxSize,
      types: overrides.length > 0 ? overrides.map((each) => each.instanceType) : [own],
      onDemand: (instances: number) => {
        const base = Math.min(instances, onDemandBaseCapacity);
        return base + Math.ceil(((instances - base) * share) / 100);
      },
      pace: [minHealthyPercentage, maxHealthyPercentage] as const,
      leastServing: rollout?.leastServing ?? 1,
    };
  });
  const types = new Set(resources.map(({ type }) => type));
  return {
    groups,
    singles: of("aws:ec2/instance:Instance").map(({ inputs }) => inputs.instanceType),
    types,
    serviceRoles: roleTypes(types),
    addresses: of("aws:ec2/eip:Eip").length,
    domain,
  };
}
