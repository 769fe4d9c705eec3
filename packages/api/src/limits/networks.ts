import ipaddr from "ipaddr.js";

export interface Networks {
  /** One client: an IPv4 address, or an IPv6 /64, all of which a single host can use. */
  client: string;
  /** The surrounding /48, which a provider gives to many clients or to one. */
  site?: string;
}

/** 16-bit groups that the addresses of a client, and of a site, share. */
const GROUPS = { client: 4, site: 3 };

/** An IPv4 address and its IPv6-mapped form are the same. */
export function networksOf(address: string): Networks {
  // A trusted proxy may send anything.
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
