import ipaddr from "ipaddr.js";

/** Whether to believe the proxy at `address`, which is `hop` proxies away from the API. */
export type TrustedProxies = (address: string, hop: number) => boolean;

/**
 * Trusts the proxies that every request passes, such as CloudFront and a balancer. Only the nearest
 * is known by its address; the others are counted, because trusting CloudFront's ranges would trust
 * all of its customers.
 *
 * @param ranges addresses and CIDRs of the nearest proxy; empty for none
 * @param hops number of proxies
 * @throws one line for a range that is neither an address nor a CIDR
 */
export function trustedProxies(ranges: readonly string[], hops: number): false | TrustedProxies {
  const nearest = ranges.map(parseRange);
  if (nearest.length === 0) return false;
  return (address, hop) => (hop === 0 ? isIn(address, nearest) : hop < hops);
}

type Range = ReturnType<typeof ipaddr.parseCIDR>;

function parseRange(range: string): Range {
  if (ipaddr.isValidCIDR(range) && isWhole(range)) return ipaddr.parseCIDR(range);
  if (ipaddr.isValid(range) && isWhole(range)) {
    const address = ipaddr.parse(range);
    return [address, address.toByteArray().length * 8];
  }
  throw new Error(`Wrong configuration: TRUST_PROXY has ${range}, which is no IP address or CIDR.`);
}

/** The parser takes `10.1` for 10.0.0.1. */
function isWhole(range: string): boolean {
  return range.includes(":") || range.split(".").length === 4;
}

function isIn(address: string, ranges: readonly Range[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  // A dual-stack socket writes IPv4 addresses as IPv6.
  const client = ipaddr.process(address);
  return ranges.some(
    ([base, bits]) => base.kind() === client.kind() && client.match([base, bits] as never),
  );
}
