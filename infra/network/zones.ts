/** The availability zones of a stage's network. */
import { ArgumentError } from "sst-ec2/helpers";

/** An instance type in a zone that offers it. */
export interface Offering {
  type: string;
  zone: string;
}

/** The balancer and the database require two. */
const ZONES = 2;

/**
 * Zones in which CloudFront cannot reach a VPC's balancer, by their account-independent IDs
 * ("Supported AWS Regions for VPC origins"). A network keeps its zones, so it avoids these from the
 * start.
 */
const WITHOUT_VPC_ORIGINS = ["use1-az3", "usw1-az2", "apne1-az3", "cac1-az3"];

/**
 * Names of the two zones for a new network, where CloudFront reaches balancers and AWS offers the
 * instance types.
 * @param types in order of preference
 * @throws when fewer than two zones offer the first type
 */
export function zonesFor(types: readonly string[], parent: $util.Resource): $util.Output<string[]> {
  const regular = aws.getAvailabilityZonesOutput(
    {
      state: "available",
      filters: [{ name: "zone-type", values: ["availability-zone"] }],
      excludeZoneIds: WITHOUT_VPC_ORIGINS,
    },
    { parent },
  );
  const offered = aws.ec2.getInstanceTypeOfferingsOutput(
    {
      locationType: "availability-zone",
      filters: [{ name: "instance-type", values: [...new Set(types)] }],
    },
    { parent },
  );
  return $util
    .all([regular.names, offered.instanceTypes, offered.locations])
    .apply(([names, typesThere, zones]) => {
      const offerings = typesThere.map((type, index) => ({ type, zone: zones[index] as string }));
      return chooseZones(names, offerings, types);
    });
}

/** The zones that offer the first type and most of the others; ties are broken by name. Pure. */
export function chooseZones(
  names: readonly string[],
  offerings: readonly Offering[],
  types: readonly string[],
): string[] {
  const typesIn = (zone: string) =>
    new Set(offerings.filter((each) => each.zone === zone).map(({ type }) => type));
  const count = (zone: string) => types.filter((type) => typesIn(zone).has(type)).length;
  const fitting = names
    .filter((zone) => typesIn(zone).has(types[0] as string))
    .sort((one, other) => count(other) - count(one) || one.localeCompare(other));
  if (fitting.length >= ZONES) return fitting.slice(0, ZONES).sort();
  throw new ArgumentError(
    `"instances" begins with ${types[0]}, which AWS offers in ${fitting.join() || "no zone"} of this region; a network needs ${ZONES} zones that do. Choose another type, or another region by AWS_REGION.`,
  );
}
