/** What the VPC's endpoints let through. They grant nothing; they restrict what roles may do. */
import { here } from "../program/here.ts";

type Statement = aws.types.input.iam.GetPolicyDocumentStatementArgs;

/** AWS's buckets that instances read. */
const AWS_BUCKETS = [
  // Packages of Amazon Linux 2023, the CloudWatch agent among them.
  "al2023-repos-REGION-de612dc2",
  // The Systems Manager agent's updates and documents.
  "amazon-ssm-REGION",
  "amazon-ssm-packages-REGION",
  "aws-ssm-REGION",
];

/** The app's own buckets for this account's roles, and AWS's for reading. */
export function bucketPolicy(buckets: $util.Input<string>[], parent: $util.Resource) {
  const { partition, region } = here(parent);
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

/** The app's own tables, for this account's roles. */
export function tablePolicy(tables: $util.Input<string>[], parent: $util.Resource) {
  return policy([
    {
      ...ofAccount(parent),
      actions: ["dynamodb:*"],
      resources: tables.flatMap((arn) => [arn, $interpolate`${arn}/index/*`]),
    },
  ]);
}

/** A service without resources to name, for this account's roles. */
export function accountPolicy(parent: $util.Resource) {
  return policy([{ ...ofAccount(parent), actions: ["*"], resources: ["*"] }]);
}

const ANYBODY = [{ type: "*", identifiers: ["*"] }];

function ofAccount(parent: $util.Resource) {
  const values = [here(parent).account];
  return {
    principals: ANYBODY,
    conditions: [{ test: "StringEquals", variable: "aws:PrincipalAccount", values }],
  };
}

function policy(statements: Statement[]): $util.Output<string> {
  return aws.iam.getPolicyDocumentOutput({ statements }).json;
}
