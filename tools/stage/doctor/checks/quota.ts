import { EC2 } from "@aws-sdk/client-ec2";
import { cpusOf, isStandard, QUOTAS, readQuota, usedCpus } from "sst-ec2/rollout";
import { type Check, type Finding, fault, note, ok } from "../check.ts";
import { options } from "../clients.ts";
import type { Group, Needs } from "../needs.ts";

/** vCPUs that a stage uses: normally, while an instance is replaced, and at most. */
export interface Demand {
  steady: number;
  /** With one more instance in the group with the largest ones. */
  oneMore: number;
  /** With all additional instances of a rollout, in all groups at once. */
  rollout: number;
  most: number;
  /** Whether each group may run one instance less for a while. */
  oneLess: boolean;
}

/** The account's vCPU quotas against what this deploy and later ones need. */
export const quota: Check = {
  name: "vCPU quota",
  async look({ needs, region, stage }) {
    const ec2 = new EC2(options(region));
    const cpus = await cpusOf(ec2, [
      ...needs.groups.flatMap(({ types }) => types),
      ...needs.singles,
    ]);
    const used = await usedCpus(ec2, { app: "steadfast", stage });
    const kinds = (["onDemand", "spot"] as const).map(async (kind) => {
      const demand = demandOf(needs, cpus, kind);
      if (demand.most === 0) return [];
      const limit = await readQuota(region, QUOTAS[kind]);
      return [judge(demand, { kind, limit, used: used[kind], region })];
    });
    return (await Promise.all(kinds)).flat();
  },
};

/** A stage's demand for one kind of vCPUs. */
export function demandOf(
  { groups, singles }: Pick<Needs, "groups" | "singles">,
  cpus: ReadonlyMap<string, number>,
  kind: "onDemand" | "spot",
): Demand {
  const total: Demand = { steady: 0, oneMore: 0, rollout: 0, most: 0, oneLess: true };
  let largest = 0;
  for (const group of groups) {
    const each = largestOf(group.types, cpus);
    const taken = (instances: number) => each * ofKind(group, instances, kind);
    const more = Math.ceil((group.min * (group.pace[1] - 100)) / 100);
    total.steady += taken(group.min);
    total.rollout += taken(group.min + more);
    total.most += taken(group.max);
    if (taken(group.max) > 0) largest = Math.max(largest, more > 0 ? each : 0);
    if (group.min - 1 < group.leastServing) total.oneLess = false;
  }
  if (kind === "onDemand") {
    const others = singles.filter(isStandard).reduce((sum, type) => sum + (cpus.get(type) ?? 0), 0);
    total.steady += others;
    total.rollout += others;
    total.most += others;
  }
  total.oneMore = total.steady + largest;
  return total;
}

/** vCPUs of the largest type that counts against the quota. */
function largestOf(types: readonly string[], cpus: ReadonlyMap<string, number>): number {
  return Math.max(0, ...types.filter(isStandard).map((type) => cpus.get(type) ?? 0));
}

function ofKind(group: Group, instances: number, kind: "onDemand" | "spot"): number {
  const onDemand = group.onDemand(instances);
  return kind === "onDemand" ? onDemand : instances - onDemand;
}

/** What a demand means for a quota that is partly used. */
export function judge(
  { steady, oneMore, rollout, most, oneLess }: Demand,
  of: { kind: "onDemand" | "spot"; limit: number; used: number; region: string },
): Finding {
  const { kind, limit, used, region } = of;
  const left = limit - used;
  const which = kind === "spot" ? "Spot" : "on demand";
  const have = `${limit} vCPUs ${which}, ${used} used by others`;
  const ask = (vcpus: number) =>
    `aws service-quotas request-service-quota-increase --service-code ec2 --quota-code ${QUOTAS[kind]} ` +
    `--desired-value ${used + vcpus} --region ${region}`;
  if (left < steady) return fault(`${have}; the stage needs ${steady}`, ask(oneMore));
  if (left < oneMore && !oneLess)
    return fault(
      `${have}; the stage needs ${steady}, and its second deploy ${oneMore}`,
      `${ask(oneMore)}, or a smaller leastServing in infra/stages.ts`,
    );
  if (left < oneMore)
    return note(
      `${have}; the stage needs ${steady}, and has an instance less while a deploy replaces it`,
      ask(oneMore),
    );
  if (left < most) return note(`${have}; the stage cannot grow to its most, ${most}`, ask(most));
  const pace = left < rollout ? ", fewer at a time than usual in a rollout" : "";
  return ok(`${have}; the stage needs ${steady} to ${Math.max(most, rollout)}${pace}`);
}
