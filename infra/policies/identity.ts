import { devRolesGrant, profilesGrant } from "sst-ec2/policy";
import { BOUNDARY, PERSONAL_BOUNDARY, policyArn } from "./access.ts";
import { APP, type Condition, type Grants, SCOPE } from "./grant.ts";

const ROLES = [`arn:aws:iam::*:role/${APP}-*`];

/** A role with a boundary, which can do no more than the app's roles ever need. */
const BOUNDED: Condition = {
  ArnLike: { "iam:PermissionsBoundary": [BOUNDARY, PERSONAL_BOUNDARY].map(policyArn) },
};

/**
 * Roles. None can be created or changed without a boundary, no boundary can be removed, and no
 * managed policy attached: a deployer cannot grant more than the boundary contains. Roles below
 * `/access/` do not match `role/steadfast-*`, so they are out of reach.
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
  Profiles: profilesGrant(SCOPE),
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
  DevRoles: devRolesGrant(SCOPE),
  // Created on first use in an account.
  ServiceRoles: {
    on: ["arn:aws:iam::*:role/aws-service-role/*"],
    calls: { iam: "CreateServiceLinkedRole" },
    only: {
      StringEquals: {
        "iam:AWSServiceName": [
          "autoscaling.amazonaws.com",
          "elasticloadbalancing.amazonaws.com",
          "rds.amazonaws.com", // drop: quotes
          "vpcorigin.cloudfront.amazonaws.com",
        ],
      },
    },
  },
};
