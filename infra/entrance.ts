/** How clients come to a stage: what it says about that, what is allowed, and what follows. */

/** A domain's zone that is not in Route 53 of this account, in the words of SST's adapters. */
export type ZoneElsewhere =
  /** Cloudflare; `zone` is the zone's ID and found by the name without it. */
  | { provider: "cloudflare"; zone?: string }
  /** Vercel; `zone` is the domain that the team has there, such as `example.com`. */
  | { provider: "vercel"; zone: string };

/**
 * Three entrances. `edge`: CloudFront, with HTTPS by its own certificate or the domain's, before an
 * internal balancer. `https`: a public balancer with the domain's certificate. `http`: a public
 * balancer without any, where passwords and tokens cross the internet as they are.
 */
export type Entrance = "edge" | "https" | "http";

export interface EntranceOptions {
  /** Domain of the API, such as `api.example.com`; its zone is in Route 53 of this account. */
  domain?: string;
  /** Where the domain's zone is, if not there. */
  dns?: ZoneElsewhere;
  /**
   * ARN of a certificate for the domain, where its records are made by hand: of this region, or of
   * us-east-1 with `edge`.
   */
  certificate?: string;
  /**
   * CloudFront before the balancer. Stages that are kept have it unless they have a domain, so that
   * the first deploy is reached by HTTPS. Others are deployed and removed more often than they are
   * used, and do without its 10 to 20 minutes on either way.
   */
  edge?: boolean;
  /** Plain HTTP on a stage that is kept, for a trial. */
  http?: boolean;
}

type Stage = EntranceOptions & { retain: boolean };

/** The entrance that a stage's options make. */
export function entranceOf({ domain, edge, http, retain }: Stage): Entrance {
  if (edge ?? (retain && !domain && !http)) return "edge";
  return domain ? "https" : "http";
}

const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/;
const CERTIFICATE = /^arn:aws[\w-]*:acm:([\w-]+):\d{12}:certificate\/[\w-]+$/;

/** What is wrong with each option, in words that follow its value; nothing if it is right. */
export const entranceProblems: Record<
  keyof EntranceOptions,
  (value: unknown, stage: Stage) => string | undefined
> = {
  domain: (value) =>
    value === undefined || DOMAIN.test(value as string)
      ? undefined
      : 'it must be a domain name such as "api.example.com"',
  dns: (value, { domain }) => {
    if (value === undefined) return undefined;
    if (!isZone(value, domain))
      return 'it must be like { provider: "cloudflare" } or { provider: "vercel", zone: "example.com" }, of the zone that "domain" is in';
    return undefined;
  },
  certificate: (value, stage) => {
    if (value === undefined) return undefined;
    const region = CERTIFICATE.exec(String(value))?.[1];
    if (!region) return 'it must be like "arn:aws:acm:us-east-1:123456789012:certificate/1a2b3c4d"';
    if (!stage.domain) return 'it needs the "domain" that it is for';
    if (stage.dns) return 'with "dns" a certificate is made';
    if (entranceOf(stage) === "edge" && region !== "us-east-1")
      return 'with "edge" it must be of us-east-1, where CloudFront looks';
    return undefined;
  },
  edge: (value, { domain, http, retain }) => {
    if (value === undefined) return undefined;
    if (typeof value !== "boolean") return "it must be true or false";
    if (value || domain || http || !retain) return undefined;
    return 'without it a stage that is kept needs a "domain", or "http: true" for a trial';
  },
  http: (value, { domain, edge }) => {
    if (value === undefined) return undefined;
    if (typeof value !== "boolean") return "it must be true or false";
    return value && (domain || edge) ? 'with "domain" or "edge" there is HTTPS' : undefined;
  },
};

function isZone(value: unknown, domain = ""): boolean {
  const { provider, zone } = (value ?? {}) as Partial<ZoneElsewhere>;
  if (domain === "") return false;
  if (provider === "cloudflare") return zone === undefined || /^[0-9a-f]{32}$/.test(zone);
  return (
    provider === "vercel" &&
    DOMAIN.test(`${zone}`) &&
    (domain === zone || domain.endsWith(`.${zone}`))
  );
}

/** What else SST needs to make a domain's records, by its name for it. */
export function zoneProviders({ dns }: EntranceOptions): Record<string, string> {
  if (dns?.provider === "cloudflare") return { cloudflare: "6.13.0" };
  if (dns?.provider === "vercel") return { "@pulumiverse/vercel": "1.11.0" };
  return {};
}
