/** How clients reach a stage: its options, their rules, and what follows from them. */
import { type Static, Type } from "@sinclair/typebox";
import { Flag } from "../stages/schema.ts";

const DOMAIN = "^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$";

/**
 * `edge`: CloudFront in front of an internal balancer. `https`: a public balancer with the domain's
 * certificate. `http`: one without, where passwords and tokens cross the internet in clear text.
 */
export type Entrance = "edge" | "https" | "http";

export const EntranceOptions = Type.Object({
  /** Domain of the API, such as `api.example.com`; its zone is in Route 53 of this account. */
  domain: Type.Optional(
    Type.String({
      pattern: DOMAIN,
      rule: 'it must be a domain name such as "api.example.com"',
    }),
  ),
  /** Another provider that has the domain's zone. */
  dns: Type.Optional(
    Type.Union(
      [
        Type.Object({
          provider: Type.Literal("cloudflare"),
          /** The zone's ID. @default found by the domain's name */
          zone: Type.Optional(Type.String({ pattern: "^[0-9a-f]{32}$" })),
        }),
        Type.Object({
          provider: Type.Literal("vercel"),
          /** The team's domain there. */
          zone: Type.String({ pattern: DOMAIN }),
        }),
      ],
      {
        rule: 'it must be like { provider: "cloudflare" } or { provider: "vercel", zone: "example.com" }',
      },
    ),
  ),
  /**
   * ARN of a certificate for the domain if its records are created by hand: in this region, or in
   * us-east-1 with `edge`.
   */
  certificate: Type.Optional(
    Type.String({
      pattern: "^arn:aws[\\w-]*:acm:[\\w-]+:\\d{12}:certificate/[\\w-]+$",
      rule: 'it must be like "arn:aws:acm:us-east-1:123456789012:certificate/1a2b3c4d"',
    }),
  ),
  /**
   * CloudFront, which adds 10 to 20 minutes to each deploy and removal. @default on stages that are
   * kept and have no domain
   */
  edge: Type.Optional(Flag()),
  /** Plain HTTP on a stage that is kept, for a trial. */
  http: Type.Optional(Flag()),
});

export type EntranceOptions = Static<typeof EntranceOptions>;

type Stage = EntranceOptions & { retain: boolean };

/** What follows from a stage's options. */
export function entranceOf({ domain, edge, http, retain }: Stage): Entrance {
  if (edge ?? (retain && !domain && !http)) return "edge";
  return domain ? "https" : "http";
}

type Check<Option extends keyof EntranceOptions> = (
  value: NonNullable<EntranceOptions[Option]>,
  stage: Stage,
) => string | undefined;

/** What the options require of each other, in words that follow the value. */
export const entranceProblems: { [Option in keyof EntranceOptions]?: Check<Option> } = {
  dns: ({ provider, zone }, { domain }) => {
    if (!domain) return 'it needs the "domain" whose zone it is';
    if (provider === "cloudflare" || domain === zone || domain.endsWith(`.${zone}`))
      return undefined;
    return `it must have the zone that "domain" is in, and ${domain} is not in ${zone}`;
  },
  certificate: (certificate, stage) => {
    if (!stage.domain) return 'it needs the "domain" that it is for';
    if (stage.dns) return 'with "dns" a certificate is made';
    if (entranceOf(stage) === "edge" && !certificate.includes(":us-east-1:"))
      return 'with "edge" it must be of us-east-1, where CloudFront looks';
    return undefined;
  },
  edge: (edge, { domain, http, retain }) =>
    edge || domain || http || !retain
      ? undefined
      : 'without it a stage that is kept needs a "domain", or "http: true" for a trial',
  http: (http, { domain, edge }) =>
    http && (domain || edge) ? 'with "domain" or "edge" there is HTTPS' : undefined,
};

/** SST providers for a domain's records, with their versions. */
export function zoneProviders({ dns }: EntranceOptions): Record<string, string> {
  if (dns?.provider === "cloudflare") return { cloudflare: "6.13.0" };
  if (dns?.provider === "vercel") return { "@pulumiverse/vercel": "1.11.0" };
  return {};
}
