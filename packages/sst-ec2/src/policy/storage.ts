import { type Grants, NO_RESOURCES, type Scope } from "./grant.ts";

/** The buckets of archives and access logs, and the parameters with links. */
export function storageGrants({ app }: Scope): Grants {
  return {
    Buckets: {
      on: [`arn:aws:s3:::${app}-*`],
      calls: {
        s3: `CreateBucket DeleteBucket ListBucket ListBucketVersions GetAccelerateConfiguration GetBucketAcl GetBucketCORS
        GetBucketLogging GetBucketObjectLockConfiguration GetBucketRequestPayment GetBucketTagging GetBucketWebsite
        GetReplicationConfiguration PutBucketTagging GetBucketVersioning PutBucketVersioning GetBucketPublicAccessBlock
        PutBucketPublicAccessBlock GetBucketPolicy PutBucketPolicy DeleteBucketPolicy GetLifecycleConfiguration
        PutLifecycleConfiguration GetBucketOwnershipControls PutBucketOwnershipControls GetEncryptionConfiguration
        PutEncryptionConfiguration`,
      },
    },
    Objects: {
      on: [`arn:aws:s3:::${app}-*/*`],
      calls: {
        s3: `PutObject GetObject GetObjectTagging PutObjectTagging DeleteObjectTagging DeleteObject DeleteObjectVersion
        AbortMultipartUpload`,
      },
    },
    Parameters: {
      on: [`arn:aws:ssm:*:*:parameter/${app}/*`],
      calls: {
        ssm: "PutParameter GetParameter DeleteParameter AddTagsToResource RemoveTagsFromResource ListTagsForResource",
      },
    },
    ParametersRead: { on: ["*"], reason: NO_RESOURCES, calls: { ssm: "DescribeParameters" } },
  };
}
