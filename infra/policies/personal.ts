import { PERSONAL_BOUNDARY, policyArn } from "./access.ts";
import { APP, type Grants } from "./grant.ts";

/** How the ARNs of a retained stage begin. Names that AWS truncates are recognised by tags only. */
const namesOf = (stage: string) => [
  `arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/${APP}-${stage}-*`,
  `arn:aws:budgets::*:budget/${APP}-${stage}-*`,
  `arn:aws:cloudwatch:*:*:alarm:${APP}-${stage}-*`,
  `arn:aws:cloudwatch::*:dashboard/${APP}-${stage}-*`,
  `arn:aws:codebuild:*:*:project/${APP}-${stage}-*`,
  `arn:aws:codepipeline:*:*:${APP}-${stage}-*`,
  `arn:aws:dynamodb:*:*:table/${APP}-${stage}-*`,
  `arn:aws:events:*:*:rule/${APP}-${stage}-*`,
  `arn:aws:iam::*:instance-profile/${APP}-${stage}-*`,
  `arn:aws:iam::*:role/${APP}-${stage}-*`,
  `arn:aws:logs:*:*:log-group:/${APP}/${stage}/*`,
  `arn:aws:logs:*:*:log-group:/aws/rds/instance/${APP}-${stage}-*`, // drop: quotes
  ...["db", "pg", "snapshot", "subgrp"].map((kind) => `arn:aws:rds:*:*:${kind}:${APP}-${stage}-*`), // drop: quotes
  `arn:aws:s3:::${APP}-${stage}-*`,
  `arn:aws:s3:::sst-state-*/*/${APP}/${stage}.json`,
  `arn:aws:s3:::sst-state-*/*/${APP}/${stage}/*`,
  `arn:aws:sns:*:*:${APP}-${stage}-*`,
  `arn:aws:ssm:*:*:parameter/${APP}/${stage}/*`,
  `arn:aws:ssm:*:*:parameter/sst/passphrase/${APP}/${stage}`,
];

/** Denies every call on what belongs to a retained stage: by name, and by the tag `stage`. */
export function untouchable(kept: readonly string[]): Grants {
  if (kept.length === 0) return {};
  const all = { "*": "*" };
  return {
    KeptByName: { effect: "Deny", on: kept.flatMap(namesOf), calls: all },
    KeptByTag: {
      effect: "Deny",
      on: ["*"],
      reason: "The tag says which.",
      calls: all,
      only: { StringEquals: { "aws:ResourceTag/stage": kept } },
    },
    // #region quotes
    KeptPasswords: {
      effect: "Deny",
      on: ["*"],
      reason: "The tag says which.",
      calls: all,
      only: {
        StringLike: {
          "aws:ResourceTag/aws:rds:primaryDBInstanceArn": kept.map(
            (stage) => `arn:aws:rds:*:*:db:${APP}-${stage}-*`,
          ),
        },
      },
    },
    // #endregion quotes
  };
}

/**
 * What distinguishes personal deployers from production's: denials on top of the same grants.
 * @param kept stages that are out of reach
 */
export const personalLimits = (kept: readonly string[]): Grants => ({
  ...untouchable(kept),
  ...(kept.length > 0 && {
    // Nothing may be tagged as a retained stage's.
    TaggedAsKept: {
      effect: "Deny",
      on: ["*"],
      reason: "The tag says which.",
      calls: { "*": "*" },
      only: { StringEquals: { "aws:RequestTag/stage": kept } },
    },
  }),
  PersonalBoundaryAlone: {
    effect: "Deny",
    on: [`arn:aws:iam::*:role/${APP}-*`],
    calls: { iam: "CreateRole PutRolePolicy PutRolePermissionsBoundary UpdateAssumeRolePolicy" },
    only: { ArnNotLike: { "iam:PermissionsBoundary": policyArn(PERSONAL_BOUNDARY) } },
  },
  // Secrets that apply to every stage without its own.
  SharedSecrets: {
    effect: "Deny",
    on: [`arn:aws:s3:::sst-state-*/secret/${APP}/_fallback.json`],
    calls: { s3: "PutObject DeleteObject" },
  },
});
