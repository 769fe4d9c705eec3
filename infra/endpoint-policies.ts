/// <reference path="../.sst/platform/config.d.ts" />
/** What the VPC's endpoints let through. They give no rights; they take away what roles might have. */

type Statement = aws.types.input.iam.GetPolicyDocumentStatementArgs;

/** Buckets of AWS that instances read from, in every region; `*` stands for their keys. */
const AWS_BUCKETS = [
  // Packages of Amazon Linux 2023.
  "al2023-repos-REGION-de612dc2",
  // Systems Manager's agent: its updates, what its documents bring, and Distributor's packages, of
  // which the CloudWatch agent is one.
  "amazon-ssm-REGION",
  "amazon-ssm-packages-REGION",
  "aws-ssm-REGION",
  "aws-ssm-distributor-file-REGION",
  "aws-ssm-document-attachments-REGION",
  "REGION-birdwatcher-prod",
  "amazoncloudwatch-agent-REGION",
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
      // Some of these requests carry no signature, so there is no account to ask for.
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

/** A service of which the account has nothing to name: for this account's roles alone. */
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
