import { BOUNDARY, PERSONAL_BOUNDARY, policyArn } from "./access.ts";
import { APP, type Condition, type Grants } from "./grant.ts";

const ROLES = [`arn:aws:iam::*:role/${APP}-*`];

/** A role that is bounded, and so can do no more than the app's roles need at most. */
const BOUNDED: Condition = {
  ArnLike: { "iam:PermissionsBoundary": [BOUNDARY, PERSONAL_BOUNDARY].map(policyArn) },
};

/**
 * Roles. None without a boundary can be made or changed, no boundary can be taken off, and no managed
 * policy attached: whoever deploys cannot give anybody more than the boundary has. What is below
 * `/access/` is no `role/steadfast-*`, so it is out of reach.
 */
export const identity: Grants = {
  BoundedRoles: {
    on: ROLES,
    calls: { iam: "CreateRole PutRolePolicy PutRolePermissionsBoundary UpdateAssumeRolePolicy" },
    only: BOUNDED,
  },
  Roles: {
    on: ROLES,
    calls: {
      iam: `DeleteRole DeleteRolePolicy DetachRolePolicy GetRole GetRolePolicy ListAttachedRolePolicies
        ListInstanceProfilesForRole ListRolePolicies TagRole UntagRole UpdateRole UpdateRoleDescription`,
    },
  },
  Profiles: {
    on: [`arn:aws:iam::*:instance-profile/${APP}-*`],
    calls: {
      iam: `CreateInstanceProfile DeleteInstanceProfile GetInstanceProfile AddRoleToInstanceProfile
        RemoveRoleFromInstanceProfile TagInstanceProfile UntagInstanceProfile`,
    },
  },
  PassRoles: {
    on: ROLES,
    calls: { iam: "PassRole" },
    only: {
      StringEquals: {
        "iam:PassedToService": [
          "codebuild.amazonaws.com",
          "codepipeline.amazonaws.com",
          "ec2.amazonaws.com",
          "events.amazonaws.com",
          "vpc-flow-logs.amazonaws.com",
        ],
      },
    },
  },
  // The developer's command of `sst dev` runs as its own role.
  DevRoles: { on: [`arn:aws:iam::*:role/${APP}-*DevRole-*`], calls: { sts: "AssumeRole" } },
  // The first use in an account.
  ServiceRoles: {
    on: ["arn:aws:iam::*:role/aws-service-role/*"],
    calls: { iam: "CreateServiceLinkedRole" },
    only: {
      StringEquals: {
        "iam:AWSServiceName": [
          "autoscaling.amazonaws.com",
          "elasticloadbalancing.amazonaws.com",
          "rds.amazonaws.com",
          "vpcorigin.cloudfront.amazonaws.com",
        ],
      },
    },
  },
};
