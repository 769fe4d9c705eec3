/// <reference path="../../.sst/platform/config.d.ts" />
/**
 * What the VPC's endpoints let through. Endpoint policies grant nothing; they restrict what roles
 * may do.
 */

type Statement = aws.types.input.iam.GetPolicyDocumentStatementArgs;

/** AWS's buckets that instances read, in every region; `*` stands for their keys. */
const AWS_BUCKETS = [
  // Packages of Amazon Linux 2023, the CloudWatch agent among them.
  "al2023-repos-REGION-de612dc2",
  // The Systems Manager agent's updates and documents.
  "amazon-ssm-REGION",
  "amazon-ssm-packages-REGION",
  "aws-ssm-REGION",
];

/** S3: the app's own buckets for this account's roles, and AWS's for reading. */
export function bucketPolicy(buckets: $util.Input<string>[], parent: $util.Resource) {
  const partition = aws.getPartitionOutput({}, { parent }).partition;
  const region = aws.getRegionOutput({}, { parent }).name;
  return policy([
    {
      ...ofAccount(parent),
      actions: ["s3:*"],
      resources: buckets.flatMap((arn) => [arn, $interpolate`${arn}/*`]),
    },
    {
      // Some of these requests are unsigned, so they have no account to check.
      principals: ANYBODY,
      actions: ["s3:GetObject"],
      resources: AWS_BUCKETS.map((name) =>
        $util
          .all([partition, region])
          .apply(([part, where]) => `arn:${part}:s3:::${name.replace("REGION", where)}/*`),
      ),
    },
  ]);
}

/** DynamoDB: the app's own tables, for this account's roles. */
export function tablePolicy(tables: $util.Input<string>[], parent: $util.Resource) {
  return policy([
    {
      ...ofAccount(parent),
      actions: ["dynamodb:*"],
      resources: tables.flatMap((arn) => [arn, $interpolate`${arn}/index/*`]),
    },
  ]);
}

/** A service without resources to name: for this account's roles only. */
export function accountPolicy(parent: $util.Resource) {
  return policy([{ ...ofAccount(parent), actions: ["*"], resources: ["*"] }]);
}

const ANYBODY = [{ type: "*", identifiers: ["*"] }];

function ofAccount(parent: $util.Resource) {
  const account = aws.getCallerIdentityOutput({}, { parent }).accountId;
  return {
    principals: ANYBODY,
    conditions: [{ test: "StringEquals", variable: "aws:PrincipalAccount", values: [account] }],
  };
}

function policy(statements: Statement[]): $util.Output<string> {
  return aws.iam.getPolicyDocumentOutput({ statements }).json;
}
