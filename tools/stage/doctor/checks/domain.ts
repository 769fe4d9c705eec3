import { Resolver } from "node:dns/promises";
import { ACM, paginateListCertificates } from "@aws-sdk/client-acm";
import { type HostedZone, paginateListHostedZones, Route53 } from "@aws-sdk/client-route-53";
import { type Check, type Finding, fault, note, ok } from "../check.ts";
import { options } from "../clients.ts";
import { findBootstrap, listStages } from "../state.ts";

/** Timeout for the internet's name servers. */
const DNS_MILLISECONDS = 5000;

/** The domain's zone: this account has it, the internet uses it, and nothing conflicts. */
export const domain: Check = {
  name: "domain",
  async look({ needs, region, stage }) {
    const { domain } = needs;
    if (!domain) return ok("none: the balancer's own name");
    const route53 = new Route53(options(region));
    const zone = await findZone(route53, domain);
    if (!zone)
      return fault(
        `no public Route 53 zone of this account fits ${domain}`,
        `aws route53 create-hosted-zone --name ${domain} --caller-reference "$(date +%s)", and name its servers at the registrar; or deploy without "domain"`,
      );
    const findings = await Promise.all([
      delegation(route53, zone),
      inTheWay(route53, zone, { domain, region, stage }),
      certificates(domain, region),
    ]);
    return findings.flat();
  },
};

/** The zone with the longest matching name, as the deploy chooses it. */
async function findZone(route53: Route53, domain: string): Promise<HostedZone | undefined> {
  const zones: HostedZone[] = [];
  for await (const { HostedZones = [] } of paginateListHostedZones({ client: route53 }, {}))
    zones.push(...HostedZones);
  const fits = ({ Name = "", Config }: HostedZone) =>
    !Config?.PrivateZone && (`${domain}.` === Name || `${domain}.`.endsWith(`.${Name}`));
  return zones.filter(fits).sort((a, b) => (b.Name?.length ?? 0) - (a.Name?.length ?? 0))[0];
}

/** Certificates are validated by DNS, so the internet must use this zone. */
async function delegation(route53: Route53, { Id, Name = "" }: HostedZone): Promise<Finding> {
  const { DelegationSet } = await route53.getHostedZone({ Id });
  const own = (DelegationSet?.NameServers ?? []).map((each) => each.toLowerCase());
  const name = Name.replace(/\.$/, "");
  const asked = await nameServers(name);
  if (!asked) return note(`zone ${name}; whether the internet asks it could not be found out`);
  if (asked.some((each) => own.includes(each.toLowerCase())))
    return ok(`zone ${name}, which the internet asks`);
  return fault(
    `zone ${name} is not the one that the internet asks (${asked.join(", ") || "nobody"}), so no certificate can be validated`,
    `name its servers at the registrar: ${own.join(", ")}`,
  );
}

/** A name's servers; empty if nobody has it; `undefined` without DNS. */
async function nameServers(name: string): Promise<string[] | undefined> {
  const resolver = new Resolver({ timeout: DNS_MILLISECONDS, tries: 1 });
  try {
    return await resolver.resolveNs(name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOTFOUND" || code === "ENODATA" ? [] : undefined;
  }
}

/** Existing records of the domain, which a deploy does not overwrite. */
async function inTheWay(
  route53: Route53,
  { Id }: HostedZone,
  { domain, region, stage }: { domain: string; region: string; stage: string },
): Promise<Finding[]> {
  const { ResourceRecordSets = [] } = await route53.listResourceRecordSets({
    HostedZoneId: Id,
    StartRecordName: domain,
    MaxItems: 10,
  });
  const types = ResourceRecordSets.filter(({ Name }) => Name === `${domain}.`)
    .map(({ Type }) => Type)
    .filter((type) => ["A", "AAAA", "CNAME"].includes(type ?? ""));
  if (types.length === 0 || (await isDeployed(region, stage))) return [];
  return [
    fault(
      `${domain} has ${types.join(" and ")} records that stage ${stage} did not make`,
      "remove them from the zone, or choose another domain",
    ),
  ];
}

async function isDeployed(region: string, stage: string): Promise<boolean> {
  const found = await findBootstrap(region);
  return found !== undefined && (await listStages(region, found.state)).includes(stage);
}

/** Earlier certificates that AWS gave up on, usually because of a CAA record. */
async function certificates(domain: string, region: string): Promise<Finding[]> {
  const acm = new ACM(options(region));
  const statuses = new Set<string>();
  for await (const { CertificateSummaryList = [] } of paginateListCertificates({ client: acm }, {}))
    for (const { DomainName, Status = "" } of CertificateSummaryList)
      if (DomainName === domain) statuses.add(Status);
  if (!statuses.has("FAILED") && !statuses.has("VALIDATION_TIMED_OUT")) return [];
  return [
    note(
      `an earlier certificate for ${domain} was refused or never validated`,
      `if the zone has CAA records, let them name amazon.com`,
    ),
  ];
}
