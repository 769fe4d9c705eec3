import {
  type _InstanceType,
  EC2,
  paginateDescribeInstanceTypeOfferings,
} from "@aws-sdk/client-ec2";
import { type Check, fault, ok } from "../check.ts";
import { options } from "../clients.ts";

/** Zones of a stage's network. */
const ZONES = 2;

/** Not every zone offers every type: a group needs one of its types in two zones. */
export const instanceTypes: Check = {
  name: "instance types",
  async look({ needs, region }) {
    const groups = [
      ...needs.groups,
      ...needs.singles.map((type) => ({ name: "the network", types: [type] })),
    ];
    const wanted = [...new Set(groups.flatMap(({ types }) => types))];
    const zones = await zonesOf(wanted, region);
    const problems = groups
      .filter(({ types }) => zonesFor(types, zones).size < ZONES)
      .map(({ name, types }) =>
        fault(
          `${types.join(" or ")} of ${name} is in ${zonesFor(types, zones).size} zones of ${region}; ${ZONES} are needed`,
          "choose other instances in infra/stages.ts, or another AWS_REGION",
        ),
      );
    if (problems.length > 0) return problems;
    return ok(wanted.map((type) => `${type} in ${zones.get(type)?.size ?? 0} zones`).join(", "));
  },
};

function zonesFor(types: readonly string[], zones: ReadonlyMap<string, Set<string>>): Set<string> {
  return new Set(types.flatMap((type) => [...(zones.get(type) ?? [])]));
}

async function zonesOf(types: string[], region: string): Promise<Map<string, Set<string>>> {
  const zones = new Map<string, Set<string>>(types.map((type) => [type, new Set()]));
  const pages = paginateDescribeInstanceTypeOfferings(
    { client: new EC2(options(region)) },
    {
      LocationType: "availability-zone",
      Filters: [{ Name: "instance-type", Values: types as _InstanceType[] }],
    },
  );
  for await (const { InstanceTypeOfferings = [] } of pages)
    for (const { InstanceType = "", Location = "" } of InstanceTypeOfferings)
      zones.get(InstanceType)?.add(Location);
  return zones;
}
