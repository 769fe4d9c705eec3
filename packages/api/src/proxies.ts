import ipaddr from "ipaddr.js";

/**
 * Whether a proxy's word on whom it forwards for counts: that of the one at `address`, which `hop`
 * others separate from the API.
 */
export type TrustedProxies = (address: string, hop: number) => boolean;

/**
 * The chain of proxies that every request comes through, such as CloudFront and a balancer. The
 * client is who talked to the outermost of them, whatever `X-Forwarded-For` it brought along: an
 * address further out is what somebody says, not what a proxy saw.
 *
 * Only the nearest proxy is known by its address. The others are counted: the ranges of a public
 * network such as CloudFront's would count every customer of it as a proxy of ours.
 *
 * @param ranges addresses and CIDRs of the nearest proxy; none: there is no proxy
 * @param hops how many proxies there are
 * @throws with one line when a range is neither an address nor a CIDR
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

/** Of IPv4 the parser takes short forms too, which people do not mean: `10.1` is 10.0.0.1 to it. */
function isWhole(range: string): boolean {
  return range.includes(":") || range.split(".").length === 4;
}

function isIn(address: string, ranges: readonly Range[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  // A socket that listens on both kinds writes IPv4 as IPv6.
  const client = ipaddr.process(address);
  return ranges.some(
    ([base, bits]) => base.kind() === client.kind() && client.match([base, bits] as never),
  );
}
