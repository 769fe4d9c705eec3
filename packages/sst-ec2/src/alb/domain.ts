/** A balancer's domain: its certificate, and the DNS records. */

import { ArgumentError } from "../sst/argument-error.ts";
import { transform } from "../sst/transform.ts";
import type { AlbArgs, AlbDomain, Dns } from "./args.ts";
import { hostedZone } from "./hosted-zone.ts";

interface DomainContext {
  name: string;
  args: AlbArgs;
  domain: AlbDomain;
  /** Undefined where the records are made by hand. */
  dns: Dns | undefined;
  parent: $util.Resource;
}

/** @throws When it is no domain's name, but an address or a text. */
export function checkDomain({ name }: AlbDomain): void {
  if (/^(?=.{4,253}$)(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/i.test(name)) return;
  throw new ArgumentError(
    `"domain" is "${name}"; it must be a name such as "api.example.com", without protocol, port and path.`,
  );
}

/** Who creates the domain's records: Route 53, another adapter, or nobody. */
export function dnsOf(domain: AlbDomain, args: AlbArgs): Dns | undefined {
  if (domain.dns) return domain.dns;
  if (domain.dns === false) {
    if (args.certificate !== undefined) return undefined;
    throw new ArgumentError(
      '"certificate" is missing; without "dns" nobody can validate one for the domain.',
    );
  }
  const zone = domain.zone ?? $util.output(hostedZone(domain.name));
  return sst.aws.dns({ zone, transform: { record: (...record) => changeRecord(args, ...record) } });
}

function changeRecord(
  args: AlbArgs,
  record: aws.route53.RecordArgs,
  opts: $util.CustomResourceOptions,
  name: string,
): undefined {
  // AWS names the same record for every certificate of a domain, so it may exist.
  if (record.type === "CNAME") record.allowOverwrite = true;
  const change = args.transform?.record;
  if (typeof change === "function") change(record, opts, name);
  else Object.assign(record, change);
}

/**
 * A certificate of the domain, once AWS has validated it by DNS.
 *
 * @param provider Of another region, which CloudFront's certificates are in.
 */
export function createCertificate(
  { name, args, domain, dns, parent }: DomainContext,
  provider?: aws.Provider,
): $util.Output<string> {
  const made = new aws.acm.Certificate(
    ...transform(
      args.transform?.certificate,
      `${name}Certificate`,
      { domainName: domain.name, validationMethod: "DNS" },
      { parent, ...(provider && { provider }) },
    ),
  );
  const records = made.domainValidationOptions.apply(([proof]) => {
    if (!proof) throw new Error(`AWS named no record that would validate "${domain.name}".`);
    // Outside Route 53, AWS may only issue certificates if the zone says so.
    const allowed = (dns?.createCaa(name, domain.name, { parent }) ?? []) as $util.Resource[];
    const record = dns?.createRecord(
      name,
      {
        type: proof.resourceRecordType,
        name: proof.resourceRecordName,
        value: proof.resourceRecordValue,
      },
      { parent, dependsOn: allowed },
    );
    return record ? [record] : [];
  });
  return new aws.acm.CertificateValidation(
    ...transform(
      args.transform?.certificateValidation,
      `${name}CertificateValidation`,
      { certificateArn: made.arn },
      { parent, dependsOn: records, ...(provider && { provider }) },
    ),
  ).certificateArn;
}

/** The records that lead the domain to the balancer, or to CloudFront before it. */
export function createAlias(
  { name, domain, dns, parent }: DomainContext,
  to: { name: $util.Output<string>; zone: $util.Input<string> },
): void {
  dns?.createAlias(name, { name: domain.name, aliasName: to.name, aliasZone: to.zone }, { parent });
}

/** The provider of the one region that CloudFront takes certificates from, with the app's own settings. */
export function certificateProvider(name: string, parent: $util.Resource): aws.Provider {
  const { version: _, ...settings } = ($app.providers?.aws ?? {}) as Record<string, unknown>;
  return new aws.Provider(`${name}UsEast1`, { ...settings, region: "us-east-1" }, { parent });
}
