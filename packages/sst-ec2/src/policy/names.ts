import { conditionsOf, type Grants, NO_RESOURCES, type Scope } from "./grant.ts";

/** Certificates and records of these domains only. */
export function namesGrants(scope: Scope, domains: readonly string[]): Grants {
  const { own, fresh } = conditionsOf(scope);
  return {
    NewCertificates: {
      on: ["*"],
      reason: NO_RESOURCES,
      calls: { acm: "RequestCertificate AddTagsToCertificate" },
      only: fresh,
    },
    Certificates: {
      on: ["arn:aws:acm:*:*:certificate/*"],
      calls: {
        acm: "DescribeCertificate DeleteCertificate ListTagsForCertificate AddTagsToCertificate RemoveTagsFromCertificate",
      },
      only: own,
    },
    Records: {
      on: ["arn:aws:route53:::hostedzone/*"],
      calls: { route53: "ChangeResourceRecordSets" },
      only: {
        "ForAllValues:StringLike": {
          "route53:ChangeResourceRecordSetsNormalizedRecordNames": domains.flatMap((domain) => [
            domain,
            // Proves ownership of the domain to AWS.
            `_*.${domain}`,
          ]),
        },
        // Otherwise an empty list would match.
        Null: { "route53:ChangeResourceRecordSetsNormalizedRecordNames": "false" },
      },
    },
    Zones: {
      on: ["arn:aws:route53:::hostedzone/*", "arn:aws:route53:::change/*"],
      calls: { route53: "GetHostedZone ListResourceRecordSets ListTagsForResource GetChange" },
    },
    ZonesRead: {
      on: ["*"],
      reason: NO_RESOURCES,
      calls: { route53: "ListHostedZones", acm: "ListCertificates" },
    },
  };
}
