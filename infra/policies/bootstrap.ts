import { PATH, SHELL_DOCUMENT, SHELL_LOG } from "./access.ts";
import { APP, type Grants, NO_RESOURCES } from "./grant.ts";

/** The CloudFormation stack with the policies and roles. */
export const ACCESS_STACK = `${APP}-access`;

/**
 * Rights for setting up an account, once: the access stack, GitHub as an identity provider, and
 * what all SST apps of the account share. It writes policies, so it equals an administrator.
 */
export const bootstrap: Grants = {
  Stack: {
    on: [`arn:aws:cloudformation:*:*:stack/${ACCESS_STACK}/*`],
    calls: {
      cloudformation: `CreateChangeSet DescribeChangeSet ExecuteChangeSet DeleteChangeSet DescribeStacks DescribeStackEvents
        GetTemplate DeleteStack`,
    },
  },
  AccessPolicies: {
    on: [`arn:aws:iam::*:policy${PATH}${APP}-*`],
    calls: {
      iam: "CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion GetPolicy GetPolicyVersion ListPolicyVersions",
    },
  },
  AccessRoles: {
    on: [`arn:aws:iam::*:role${PATH}${APP}-*`],
    calls: {
      iam: `CreateRole DeleteRole GetRole UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy PutRolePolicy GetRolePolicy
        DeleteRolePolicy ListRolePolicies ListAttachedRolePolicies DetachRolePolicy`,
    },
  },
  AttachToAccessRoles: {
    on: [`arn:aws:iam::*:role${PATH}${APP}-*`],
    calls: { iam: "AttachRolePolicy" },
    only: { ArnLike: { "iam:PolicyARN": `arn:aws:iam::*:policy${PATH}${APP}-*` } },
  },
  GitHub: {
    on: ["arn:aws:iam::*:oidc-provider/token.actions.githubusercontent.com"],
    calls: { iam: "CreateOpenIDConnectProvider GetOpenIDConnectProvider" },
  },
  Documents: {
    on: [`arn:aws:ssm:*:*:document/${SHELL_DOCUMENT}`],
    calls: {
      ssm: `CreateDocument DescribeDocument GetDocument UpdateDocument UpdateDocumentDefaultVersion DeleteDocument
        AddTagsToResource RemoveTagsFromResource ListTagsForResource`,
    },
  },
  ShellLog: {
    on: [`arn:aws:logs:*:*:log-group:${SHELL_LOG}`, `arn:aws:logs:*:*:log-group:${SHELL_LOG}:*`],
    calls: {
      logs: "CreateLogGroup DeleteLogGroup PutRetentionPolicy ListTagsForResource TagResource UntagResource",
    },
  },
  LogGroups: { on: ["*"], reason: NO_RESOURCES, calls: { logs: "DescribeLogGroups" } },
  Buckets: {
    on: ["arn:aws:s3:::sst-state-*", "arn:aws:s3:::sst-asset-*"],
    calls: {
      s3: "CreateBucket PutBucketVersioning PutBucketPolicy PutBucketNotification ListBucket",
    },
  },
  Settings: {
    on: ["arn:aws:ssm:*:*:parameter/sst/bootstrap*"],
    calls: { ssm: "GetParameter PutParameter" },
  },
  Repository: {
    on: ["arn:aws:ecr:*:*:repository/sst-asset"],
    calls: { ecr: "CreateRepository DescribeRepositories" },
  },
};
