import { type AlbDomain, hostedZone } from "sst-ec2";
import { ArgumentError } from "sst-ec2/helpers";
import { regionOf } from "../program/region.ts";
import type { Stage } from "../stages.ts";
import { entranceOf } from "./entrance.ts";

/**
 * The stage's domain, and who creates its records. Looked up before anything is created.
 * @throws when this account has no zone for it, or the certificate is in another region
 */
export async function domainOf(stage: Stage): Promise<AlbDomain | undefined> {
  const { domain: name, dns, certificate } = stage;
  if (!name || $dev) return undefined;
  if (dns?.provider === "cloudflare")
    return { name, dns: sst.cloudflare.dns(dns.zone ? { zone: dns.zone } : {}) };
  if (dns?.provider === "vercel") return { name, dns: sst.vercel.dns({ domain: dns.zone }) };
  if (!certificate) return { name, zone: await hostedZone(name) };
  const region = regionOf(process.env);
  if (entranceOf(stage) === "https" && certificate.split(":")[3] !== region)
    throw new ArgumentError(
      `"certificate" is ${certificate}, but the balancer is in ${region} and takes one of there.`,
    );
  return { name, dns: false };
}
