/** Maps recorded operations to IAM actions. */
import type { Call } from "../report.ts";

/** Services whose signing name differs from their IAM prefix. */
const SERVICES: Record<string, string> = { monitoring: "cloudwatch" };

/** Operations whose IAM action has another name. */
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

/** Operations on objects that need another action when they name a version. */
const ON_VERSIONS = /^s3:(Get|Head|Delete)Object$/;

/** The actions that a call needs. */
export function actionsOf({ service, operation, hints }: Call): readonly string[] {
  const name = `${SERVICES[service] ?? service}:${operation}`;
  if (ON_VERSIONS.test(name) && hints.VersionId) return [`${name.replace("Head", "Get")}Version`];
  if (service === "budgets" && !operation.includes("Tag"))
    return [operation.startsWith("Describe") ? "budgets:ViewBudget" : "budgets:ModifyBudget"];
  return ACTIONS[name] ?? [name];
}

/** Splits DynamoDB's transactions and S3's DeleteObjects into the calls that IAM authorizes. */
export function partsOf(call: Call): Call[] {
  if (call.service === "s3" && call.operation === "DeleteObjects") return removalsOf(call);
  if (call.service === "dynamodb" && call.operation.startsWith("Transact")) return writesOf(call);
  return [call];
}

/** One call per object, with its version if the call names one. */
function removalsOf(call: Call): Call[] {
  const { Bucket = "" } = call.hints;
  return Object.entries(call.hints).flatMap(([name, Key]) => {
    const [, object] = /^(Delete\.Objects\.\d+)\.Key$/.exec(name) ?? [];
    if (!object) return [];
    const VersionId = call.hints[`${object}.VersionId`];
    return [
      {
        ...call,
        operation: "DeleteObject",
        hints: { Bucket, Key, ...(VersionId && { VersionId }) },
      },
    ];
  });
}

/** One call per write. */
function writesOf(call: Call): Call[] {
  return Object.entries(call.hints).flatMap(([name, TableName]) => {
    const [, verb] = /^TransactItems\.\d+\.(\w+)\.TableName$/.exec(name) ?? [];
    if (!verb) return [];
    const operation = verb === "ConditionCheck" ? "ConditionCheckItem" : `${verb}Item`;
    return [{ ...call, operation, hints: { TableName } }];
  });
}
