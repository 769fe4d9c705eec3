/** What policies call a recorded operation. */
import type { Call } from "../report.ts";

/** Services whose name in a signature is not that in policies. */
const SERVICES: Record<string, string> = { monitoring: "cloudwatch" };

/** Operations that policies call otherwise. */
const ACTIONS: Record<string, readonly string[]> = {
  "cloudfront:CreateDistributionWithTags": [
    "cloudfront:CreateDistribution",
    "cloudfront:TagResource",
  ],
  "s3:CompleteMultipartUpload": ["s3:PutObject"],
  "s3:CreateMultipartUpload": ["s3:PutObject"],
  "s3:DeleteBucketEncryption": ["s3:PutEncryptionConfiguration"],
  "s3:DeleteBucketLifecycle": ["s3:PutLifecycleConfiguration"],
  "s3:DeleteBucketOwnershipControls": ["s3:PutBucketOwnershipControls"],
  "s3:DeleteBucketTagging": ["s3:PutBucketTagging"],
  "s3:DeleteObjects": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
  "s3:DeletePublicAccessBlock": ["s3:PutBucketPublicAccessBlock"],
  "s3:GetBucketAccelerateConfiguration": ["s3:GetAccelerateConfiguration"],
  "s3:GetBucketCors": ["s3:GetBucketCORS"],
  "s3:GetBucketEncryption": ["s3:GetEncryptionConfiguration"],
  "s3:GetBucketLifecycleConfiguration": ["s3:GetLifecycleConfiguration"],
  "s3:GetBucketReplication": ["s3:GetReplicationConfiguration"],
  "s3:GetObjectLockConfiguration": ["s3:GetBucketObjectLockConfiguration"],
  "s3:GetPublicAccessBlock": ["s3:GetBucketPublicAccessBlock"],
  "s3:HeadBucket": ["s3:ListBucket"],
  "s3:HeadObject": ["s3:GetObject"],
  "s3:ListObjects": ["s3:ListBucket"],
  "s3:ListObjectsV2": ["s3:ListBucket"],
  "s3:ListObjectVersions": ["s3:ListBucketVersions"],
  "s3:PutBucketEncryption": ["s3:PutEncryptionConfiguration"],
  "s3:PutBucketLifecycleConfiguration": ["s3:PutLifecycleConfiguration"],
  "s3:PutBucketNotificationConfiguration": ["s3:PutBucketNotification"],
  "s3:PutPublicAccessBlock": ["s3:PutBucketPublicAccessBlock"],
  "s3:UploadPart": ["s3:PutObject"],
};

/** What reads or deletes an object, each with a right of its own where it names a version. */
const ON_VERSIONS = /^s3:(Get|Head|Delete)Object$/;

/** The actions that a call takes. */
export function actionsOf({ service, operation, hints }: Call): readonly string[] {
  const name = `${SERVICES[service] ?? service}:${operation}`;
  if (ON_VERSIONS.test(name) && hints.VersionId) return [`${name.replace("Head", "Get")}Version`];
  if (service === "budgets" && !operation.includes("Tag"))
    return [operation.startsWith("Describe") ? "budgets:ViewBudget" : "budgets:ModifyBudget"];
  return ACTIONS[name] ?? [name];
}

/** A call in the parts that IAM looks at: those of a transaction of DynamoDB's, each on its own table. */
export function partsOf(call: Call): Call[] {
  if (call.service !== "dynamodb" || !call.operation.startsWith("Transact")) return [call];
  return Object.entries(call.hints).flatMap(([name, TableName]) => {
    const [, verb] = /^TransactItems\.\d+\.(\w+)\.TableName$/.exec(name) ?? [];
    if (!verb) return [];
    const operation = verb === "ConditionCheck" ? "ConditionCheckItem" : `${verb}Item`;
    return [{ ...call, operation, hints: { TableName } }];
  });
}
