import { ec2, type Grants, NEW, NO_RESOURCES, OWN } from "./grant.ts";

const EDGE = ["arn:aws:cloudfront::*:distribution/*", "arn:aws:cloudfront::*:vpcorigin/*"];

/** CloudFront before the balancers. It gives IDs for names, so the tag `app` tells what is the app's. */
export const entrance: Grants = {
  NewEdge: {
    on: ["*"],
    reason: NO_RESOURCES,
    calls: { cloudfront: "CreateDistribution CreateVpcOrigin" },
    only: NEW,
  },
  // AWS does not say in this call whether what is tagged is new.
  TagNewEdge: { on: EDGE, calls: { cloudfront: "TagResource" }, only: NEW },
  Edge: {
    on: EDGE,
    calls: {
      cloudfront:
        "UpdateDistribution DeleteDistribution UpdateVpcOrigin DeleteVpcOrigin TagResource UntagResource",
    },
    only: OWN,
  },
  // The provider reads by ID, also what is gone and has no tags any more.
  EdgeRead: {
    on: EDGE,
    calls: { cloudfront: "GetDistribution GetVpcOrigin ListTagsForResource" },
  },
  // AWS's list of CloudFront's addresses is AWS's own.
  EdgeAddresses: { on: ["*"], reason: NO_RESOURCES, calls: { ec2: "DescribeManagedPrefixLists" } },
  EdgeAddressList: {
    on: ec2("prefix-list"),
    calls: { ec2: "GetManagedPrefixListEntries ModifySecurityGroupRules" },
  },
};
