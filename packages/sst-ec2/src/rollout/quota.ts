/** How many instances a rollout may have at once, by what the account's vCPU quota leaves. */
import type { AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import type { EC2Client, Instance } from "@aws-sdk/client-ec2";

/** A quota on vCPUs of running instances, and how much of it a group can still use. */
export interface Room {
  /** Code in Service Quotas. */
  code: string;
  /** vCPUs that may run. */
  limit: number;
  /** vCPUs that run. */
  used: number;
  /** vCPUs of one more instance. */
  each: number;
}

/** How many instances there are during a replacement, in percent of the wanted number. */
export interface Pace {
  min: number;
  max: number;
  /** What is different from what was asked for, and why. */
  note?: string;
}

/** Of on-demand and of Spot instances of the Standard families; AWS counts the others by themselves. */
export const QUOTAS = { onDemand: "L-1216C47A", spot: "L-34B43A08" };

/** Families A, C, D, H, I, M, R, T and Z, which share a quota. */
const STANDARD = /^(?!inf|trn|hpc|dl|mac)[acdhimrtz][a-z-]*\d/;

/** Whether the quotas of {@link QUOTAS} count an instance type. */
export function isStandard(type: string): boolean {
  return STANDARD.test(type);
}

/** Whole instances for which there is room. */
export function roomFor({ limit, used, each }: Room): number {
  return Math.max(0, Math.floor((limit - used) / each));
}

/**
 * The pace of a rollout: what was asked for where the quota has room for it, else as many more instances
 * at a time as fit, else one less where that leaves enough.
 *
 * AWS rounds both bounds up to whole instances.
 *
 * @param desired Instances that the group wants.
 * @param asked Least and most instances in percent.
 * @param leastServing How many instances must serve at least.
 * @param fits More instances for which there is room; `undefined` when nobody knows.
 * @example
 * ```ts
 * paceOf({ desired: 2, asked: [100, 200], leastServing: 1, fits: 1 }); // { min: 100, max: 150, note: … }
 * ```
 */
export function paceOf({
  desired,
  asked: [min, max],
  leastServing,
  fits,
}: {
  desired: number;
  asked: readonly [number, number];
  leastServing: number;
  fits: number | undefined;
}): Pace | undefined {
  const more = Math.ceil((desired * (max - 100)) / 100);
  if (fits === undefined || desired === 0 || fits >= more) return { min, max };
  if (fits > 0) {
    const most = 100 + Math.floor((100 * fits) / desired);
    return { min, max: most, note: `instances are replaced ${fits} at a time` };
  }
  if (Math.ceil((desired * min) / 100) < desired) return { min, max: 100 };
  if (desired - 1 < leastServing) return undefined;
  return {
    min: Math.floor((100 * (desired - 1)) / desired),
    max: 100,
    note: `an instance stops before its successor starts: ${desired - 1} of ${desired} serve meanwhile`,
  };
}

/** What is in the way, and the command that asks AWS for more. */
export function describeRoom({ code, limit, used, each }: Room, region: string): string {
  const kind = code === QUOTAS.spot ? "Spot" : "on-demand";
  return (
    `the account's quota is ${limit} vCPUs of ${kind} instances in ${region}, ${used} are in use, ` +
    `one instance more takes ${each}`
  );
}

/** The command that asks AWS for room for some more instances. */
export function askForMore({ code, used, each }: Room, region: string, instances: number): string {
  return (
    `aws service-quotas request-service-quota-increase --service-code ec2 --quota-code ${code} ` +
    `--desired-value ${used + each * instances} --region ${region}`
  );
}

/**
 * The quota that leaves the least room for a group's instances; `undefined` where it cannot be read, or
 * does not count them.
 */
export async function findRoom(
  region: string,
  { types, kinds }: { types: readonly string[]; kinds: { onDemand: boolean; spot: boolean } },
): Promise<Room | undefined> {
  if (types.length === 0 || !types.every(isStandard)) return undefined;
  try {
    const { EC2Client } = await import("@aws-sdk/client-ec2");
    const ec2 = new EC2Client({ region });
    const [cpus, used] = await Promise.all([cpusOf(ec2, types), usedCpus(ec2)]);
    const each = Math.max(...cpus.values());
    const counted = (["onDemand", "spot"] as const).filter((kind) => kinds[kind]);
    const rooms = await Promise.all(
      counted.map(async (kind) => {
        const code = QUOTAS[kind];
        return { code, limit: await readQuota(region, code), used: used[kind], each };
      }),
    );
    return rooms.sort((a, b) => roomFor(a) - roomFor(b))[0];
  } catch {
    // Whoever deploys may lack the right to ask; AWS says so itself when there is no room.
    return undefined;
  }
}

/** vCPUs that an account may run. @throws when it cannot be asked for */
export async function readQuota(region: string, code: string): Promise<number> {
  const { GetServiceQuotaCommand, ServiceQuotasClient } = await import(
    "@aws-sdk/client-service-quotas"
  );
  const client = new ServiceQuotasClient({ region });
  const asked = new GetServiceQuotaCommand({ ServiceCode: "ec2", QuotaCode: code });
  const { Quota } = await client.send(asked);
  if (Quota?.Value === undefined) throw new Error(`quota ${code} has no value`);
  return Quota.Value;
}

/** vCPUs by instance type. */
export async function cpusOf(
  ec2: EC2Client,
  types: readonly string[],
): Promise<Map<string, number>> {
  if (types.length === 0) return new Map();
  const { DescribeInstanceTypesCommand } = await import("@aws-sdk/client-ec2");
  // biome-ignore lint/suspicious/noExplicitAny: the SDK's union of type names is longer than useful.
  const wanted = new DescribeInstanceTypesCommand({ InstanceTypes: [...new Set(types)] as any });
  const { InstanceTypes = [] } = await ec2.send(wanted);
  return new Map(
    InstanceTypes.map((each) => [each.InstanceType ?? "", each.VCpuInfo?.DefaultVCpus ?? 0]),
  );
}

/**
 * vCPUs that count against the quotas now.
 *
 * @param except Tags of instances to leave out.
 */
export async function usedCpus(
  ec2: EC2Client,
  except?: Record<string, string>,
): Promise<{ onDemand: number; spot: number }> {
  const { paginateDescribeInstances } = await import("@aws-sdk/client-ec2");
  const Filters = [{ Name: "instance-state-name", Values: ["pending", "running"] }];
  const running: Instance[] = [];
  for await (const { Reservations = [] } of paginateDescribeInstances({ client: ec2 }, { Filters }))
    running.push(...Reservations.flatMap(({ Instances = [] }) => Instances));
  const counted = running.filter(
    (each) => isStandard(each.InstanceType ?? "") && !hasTags(each, except),
  );
  const cpus = await cpusOf(
    ec2,
    counted.map(({ InstanceType = "" }) => InstanceType),
  );
  const used = { onDemand: 0, spot: 0 };
  for (const { InstanceLifecycle, InstanceType = "" } of counted)
    used[InstanceLifecycle === "spot" ? "spot" : "onDemand"] += cpus.get(InstanceType) ?? 0;
  return used;
}

function hasTags({ Tags = [] }: Instance, wanted: Record<string, string> | undefined): boolean {
  if (!wanted) return false;
  return Object.entries(wanted).every(([key, value]) =>
    Tags.some(({ Key, Value }) => Key === key && Value === value),
  );
}

/** What a group launches: types, and of which kinds. */
export function launchedKinds(
  group: AutoScalingGroup,
  instanceTypes: readonly string[],
): Parameters<typeof findRoom>[1] {
  const distribution = group.MixedInstancesPolicy?.InstancesDistribution;
  const share = distribution?.OnDemandPercentageAboveBaseCapacity ?? 100;
  return {
    types: instanceTypes,
    kinds: {
      onDemand: share > 0 || (distribution?.OnDemandBaseCapacity ?? 0) > 0,
      spot: share < 100,
    },
  };
}
