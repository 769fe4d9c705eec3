import { conditionsOf, ec2, type Grants, NO_RESOURCES, type Scope } from "./grant.ts";

const EDGE = ["arn:aws:cloudfront::*:distribution/*", "arn:aws:cloudfront::*:vpcorigin/*"];

/**
 * CloudFront in front of the balancers. Its resources are named by IDs, so the tag `app` tells which
 * are the app's.
 */
export function entranceGrants(scope: Scope): Grants {
  const { own, fresh } = conditionsOf(scope);
  return {
    NewEdge: {
      on: ["*"],
      reason: NO_RESOURCES,
      calls: { cloudfront: "CreateDistribution CreateVpcOrigin" },
      only: fresh,
    },
    // AWS does not say in this call whether the tagged resource is new.
    TagNewEdge: { on: EDGE, calls: { cloudfront: "TagResource" }, only: fresh },
    Edge: {
      on: EDGE,
      calls: {
        cloudfront:
          "UpdateDistribution DeleteDistribution UpdateVpcOrigin DeleteVpcOrigin TagResource UntagResource",
      },
      only: own,
    },
    // The provider reads by ID, even resources that are gone and have no tags.
    EdgeRead: {
      on: EDGE,
      calls: { cloudfront: "GetDistribution GetVpcOrigin ListTagsForResource" },
    },
    // The list of CloudFront's addresses belongs to AWS.
    EdgeAddresses: {
      on: ["*"],
      reason: NO_RESOURCES,
      calls: { ec2: "DescribeManagedPrefixLists" },
    },
    EdgeAddressList: {
      on: ec2("prefix-list"),
      calls: { ec2: "GetManagedPrefixListEntries ModifySecurityGroupRules" },
    },
  };
}
