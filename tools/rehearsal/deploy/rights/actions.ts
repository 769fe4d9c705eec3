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

/** A call in the parts that IAM looks at: of a transaction of DynamoDB's, and of S3's removals by the thousand. */
export function partsOf(call: Call): Call[] {
  if (call.service === "s3" && call.operation === "DeleteObjects") return removalsOf(call);
  if (call.service === "dynamodb" && call.operation.startsWith("Transact")) return writesOf(call);
  return [call];
}

/** Each object by itself, with its version where the call names one. */
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

/** Each write on its own table. */
function writesOf(call: Call): Call[] {
  return Object.entries(call.hints).flatMap(([name, TableName]) => {
    const [, verb] = /^TransactItems\.\d+\.(\w+)\.TableName$/.exec(name) ?? [];
    if (!verb) return [];
    const operation = verb === "ConditionCheck" ? "ConditionCheckItem" : `${verb}Item`;
    return [{ ...call, operation, hints: { TableName } }];
  });
}
