import ipaddr from "ipaddr.js";

/** Whom an address stands for. */
export interface Networks {
  /** One client: an IPv4 address, or a /64 of IPv6, which who has one address of it has all of. */
  client: string;
  /** The /48 around it, which many get from their provider and some to themselves. */
  site?: string;
}

/** Groups of 16 bits in the part of an IPv6 address that a client, and a site, shares. */
const GROUPS = { client: 4, site: 3 };

/** An IPv4 address counts the same as when it is written as one of IPv6. */
export function networksOf(address: string): Networks {
  // A trusted proxy may say what it likes.
  if (!ipaddr.isValid(address)) return { client: address };
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return { client: parsed.toString() };
  const prefix = (groups: number) =>
    parsed.parts
      .slice(0, groups)
      .map((group) => group.toString(16))
      .join(":");
  return { client: `${prefix(GROUPS.client)}::/64`, site: `${prefix(GROUPS.site)}::/48` };
}
