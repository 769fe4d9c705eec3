import { namesOf } from "../sst/name-limits.ts";
import type { Grant, Grants, Scope } from "./grant.ts";

/** Instance profiles. */
export function profilesGrant({ app }: Scope): Grant {
  return {
    on: [`arn:aws:iam::*:instance-profile/${app}-*`],
    calls: {
      iam: `CreateInstanceProfile DeleteInstanceProfile GetInstanceProfile AddRoleToInstanceProfile
        RemoveRoleFromInstanceProfile TagInstanceProfile UntagInstanceProfile`,
    },
  };
}

/** The developer's command of `sst dev` runs as its own role. */
export function devRolesGrant({ app }: Scope): Grant {
  const names = namesOf(app, "aws:iam/role:Role");
  return { on: [`arn:aws:iam::*:role/${names}DevRole-*`], calls: { sts: "AssumeRole" } };
}

/** Roles and profiles of instances, and the alarms that roll a rollout back. */
export function rolesGrants(scope: Scope): Grants {
  const { app } = scope;
  const roles = [`arn:aws:iam::*:role/${namesOf(app, "aws:iam/role:Role")}`];
  return {
    Roles: {
      on: roles,
      calls: {
        iam: `CreateRole DeleteRole DeleteRolePolicy GetRole GetRolePolicy ListAttachedRolePolicies ListInstanceProfilesForRole
        ListRolePolicies PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription`,
      },
    },
    Profiles: profilesGrant(scope),
    PassRoles: {
      on: roles,
      calls: { iam: "PassRole" },
      only: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
    },
    DevRoles: devRolesGrant(scope),
    // Created on first use in an account.
    ServiceRoles: {
      on: ["arn:aws:iam::*:role/aws-service-role/*"],
      calls: { iam: "CreateServiceLinkedRole" },
      only: {
        StringEquals: {
          "iam:AWSServiceName": [
            "autoscaling.amazonaws.com",
            "elasticloadbalancing.amazonaws.com",
            "vpcorigin.cloudfront.amazonaws.com",
          ],
        },
      },
    },
    Alarms: {
      on: [`arn:aws:cloudwatch:*:*:alarm:${app}-*`],
      calls: {
        cloudwatch: "PutMetricAlarm DeleteAlarms ListTagsForResource TagResource UntagResource",
      },
    },
    AlarmsRead: {
      on: ["*"],
      reason: "AWS grants these on every resource or not at all.",
      calls: { cloudwatch: "DescribeAlarms PutCompositeAlarm" },
    },
  };
}
