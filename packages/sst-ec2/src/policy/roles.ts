import { namesOf } from "../sst/name-limits.ts";
import { type Condition, type Grant, type Grants, NO_RESOURCES, type Scope } from "./grant.ts";

/** Name of the managed policy that bounds the app's roles, unless an app has others. */
export const boundaryName = ({ app }: Scope): string => `${app}-boundary`;

/** Who may take on the app's roles, and what bounds them. */
export interface RolesOptions {
  /** ARNs of the permissions boundaries, of which each role needs one. */
  boundaries?: readonly string[];
  /** Services that the app's roles may be passed to. */
  services?: readonly string[];
  /** Services whose own roles are created on first use in an account. */
  linked?: readonly string[];
}

/** Services of an `Alb` and of a `Service` whose own roles are created on first use in an account. */
export const LINKED_SERVICES: readonly string[] = [
  "autoscaling.amazonaws.com",
  "elasticloadbalancing.amazonaws.com",
  "vpcorigin.cloudfront.amazonaws.com",
];

/**
 * Roles and instance profiles. No role can be created or changed without a boundary, no boundary can be
 * removed, and no managed policy attached: a deployer cannot grant more than the boundary contains.
 */
export function rolesGrants(
  scope: Scope,
  {
    boundaries = [`arn:aws:iam::*:policy/${boundaryName(scope)}`],
    services = ["ec2.amazonaws.com"],
    linked = LINKED_SERVICES,
  }: RolesOptions = {},
): Grants {
  const names = namesOf(scope.app, "aws:iam/role:Role");
  const roles = [`arn:aws:iam::*:role/${names}`];
  const bounded: Condition = { ArnLike: { "iam:PermissionsBoundary": boundaries } };
  return {
    BoundedRoles: {
      on: roles,
      calls: { iam: "CreateRole PutRolePolicy PutRolePermissionsBoundary UpdateAssumeRolePolicy" },
      only: bounded,
    },
    Roles: {
      on: roles,
      calls: {
        iam: `DeleteRole DeleteRolePolicy DetachRolePolicy GetRole GetRolePolicy ListAttachedRolePolicies
        ListInstanceProfilesForRole ListRolePolicies TagRole UntagRole UpdateRole UpdateRoleDescription`,
      },
    },
    Profiles: profilesGrant(scope),
    PassRoles: {
      on: roles,
      calls: { iam: "PassRole" },
      only: { StringEquals: { "iam:PassedToService": services } },
    },
    // The developer's command of `sst dev` runs as its own role.
    DevRoles: { on: [`arn:aws:iam::*:role/${names}DevRole-*`], calls: { sts: "AssumeRole" } },
    // Created on first use in an account.
    ServiceRoles: {
      on: ["arn:aws:iam::*:role/aws-service-role/*"],
      calls: { iam: "CreateServiceLinkedRole" },
      only: { StringEquals: { "iam:AWSServiceName": linked } },
    },
  };
}

/** Instance profiles. */
function profilesGrant({ app }: Scope): Grant {
  return {
    on: [`arn:aws:iam::*:instance-profile/${app}-*`],
    calls: {
      iam: `CreateInstanceProfile DeleteInstanceProfile GetInstanceProfile AddRoleToInstanceProfile
        RemoveRoleFromInstanceProfile TagInstanceProfile UntagInstanceProfile`,
    },
  };
}

/**
 * The most that a role of the app may ever do, whatever its own policies say: what an instance calls, and
 * what most links allow, on the app's own resources. It contains no call of IAM or STS, so no role can escalate.
 */
export function boundaryGrants({ app }: Scope): Grants {
  return {
    Archives: {
      on: [`arn:aws:s3:::${app}-*`],
      calls: {
        s3: `AbortMultipartUpload DeleteObject GetBucketLocation GetObject GetObjectTagging GetObjectVersion ListBucket
        ListBucketMultipartUploads ListMultipartUploadParts PutObject PutObjectTagging`,
      },
    },
    Parameters: {
      on: [`arn:aws:ssm:*:*:parameter/${app}/*`],
      calls: { ssm: "GetParameter GetParameters GetParametersByPath" },
    },
    Logs: {
      on: [`arn:aws:logs:*:*:log-group:/${app}/*`],
      calls: { logs: "CreateLogStream DescribeLogStreams PutLogEvents" },
    },
    Metrics: {
      on: ["*"],
      reason: "Metrics have no ARN.",
      calls: { cloudwatch: "PutMetricData" },
    },
    Groups: {
      on: [`arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/${app}-*`],
      calls: { autoscaling: "CompleteLifecycleAction SetInstanceHealth" },
    },
    Instances: {
      on: ["arn:aws:ec2:*:*:instance/*"],
      calls: { ssm: "UpdateInstanceInformation" },
    },
    Shells: {
      on: ["*"],
      reason: NO_RESOURCES,
      calls: {
        ssmmessages: "CreateControlChannel CreateDataChannel OpenControlChannel OpenDataChannel",
      },
    },
    Links: {
      on: [
        `arn:aws:dynamodb:*:*:table/${app}-*`,
        `arn:aws:sqs:*:*:${app}-*`,
        `arn:aws:sns:*:*:${app}-*`,
        `arn:aws:lambda:*:*:function:${app}-*`,
        `arn:aws:events:*:*:event-bus/${app}-*`,
        `arn:aws:kinesis:*:*:stream/${app}-*`,
      ],
      calls: {
        dynamodb: `BatchGetItem BatchWriteItem ConditionCheckItem DeleteItem DescribeTable GetItem PutItem Query Scan
        UpdateItem`,
        sqs: `ChangeMessageVisibility DeleteMessage GetQueueAttributes GetQueueUrl ReceiveMessage SendMessage`,
        sns: "Publish",
        lambda: "InvokeFunction",
        events: "PutEvents",
        kinesis:
          "DescribeStreamSummary GetRecords GetShardIterator ListShards PutRecord PutRecords",
      },
    },
  };
}
