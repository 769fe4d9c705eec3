import type { Grants, Scope } from "./grant.ts";

/** Roles and profiles of instances, and the alarms that roll a rollout back. */
export function rolesGrants({ app }: Scope): Grants {
  const roles = [`arn:aws:iam::*:role/${app}-*`];
  return {
    Roles: {
      on: roles,
      calls: {
        iam: `CreateRole DeleteRole DeleteRolePolicy GetRole GetRolePolicy ListAttachedRolePolicies ListInstanceProfilesForRole
        ListRolePolicies PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription`,
      },
    },
    Profiles: {
      on: [`arn:aws:iam::*:instance-profile/${app}-*`],
      calls: {
        iam: `CreateInstanceProfile DeleteInstanceProfile GetInstanceProfile AddRoleToInstanceProfile
        RemoveRoleFromInstanceProfile TagInstanceProfile UntagInstanceProfile`,
      },
    },
    PassRoles: {
      on: roles,
      calls: { iam: "PassRole" },
      only: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
    },
    // The developer's command of `sst dev` runs as its own role.
    DevRoles: { on: [`arn:aws:iam::*:role/${app}-*DevRole-*`], calls: { sts: "AssumeRole" } },
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
