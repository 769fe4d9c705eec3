import { APP, type Grants, NEW, NO_RESOURCES, OWN } from "./grant.ts";

/**
 * Tables, buckets, parameters, log groups and DNS records.
 *
 * @param domains The stages' domains; without any there are no rights on zones and certificates.
 */
export const data = (domains: readonly string[]): Grants => ({
  Tables: {
    on: [`arn:aws:dynamodb:*:*:table/${APP}-*`],
    calls: {
      dynamodb: `CreateTable DeleteTable DescribeTable UpdateTable DescribeContinuousBackups UpdateContinuousBackups
        DescribeTimeToLive UpdateTimeToLive ListTagsOfResource TagResource UntagResource`,
    },
  },
  Buckets: {
    on: [`arn:aws:s3:::${APP}-*`],
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
    on: [`arn:aws:s3:::${APP}-*/*`],
    calls: {
      s3: `PutObject GetObject GetObjectTagging PutObjectTagging DeleteObjectTagging DeleteObject DeleteObjectVersion
        AbortMultipartUpload`,
    },
  },
  Parameters: {
    on: [`arn:aws:ssm:*:*:parameter/${APP}/*`],
    calls: {
      ssm: "PutParameter GetParameter DeleteParameter AddTagsToResource RemoveTagsFromResource ListTagsForResource",
    },
  },
  LogGroups: {
    on: [
      `arn:aws:logs:*:*:log-group:/${APP}/*`,
      `arn:aws:logs:*:*:log-group:/aws/rds/instance/${APP}-*`,
    ],
    calls: {
      logs: `CreateLogGroup DeleteLogGroup PutRetentionPolicy ListTagsForResource TagResource UntagResource PutMetricFilter
        DescribeMetricFilters DeleteMetricFilter`,
    },
  },
  DataRead: {
    on: ["*"],
    reason: NO_RESOURCES,
    calls: { ssm: "DescribeParameters", logs: "DescribeLogGroups" },
  },
  ...(domains.length > 0 && names(domains)),
});

/** Certificates and records of the stages' domains only. */
function names(domains: readonly string[]): Grants {
  return {
    NewCertificates: {
      on: ["*"],
      reason: NO_RESOURCES,
      calls: { acm: "RequestCertificate AddTagsToCertificate" },
      only: NEW,
    },
    Certificates: {
      on: ["arn:aws:acm:*:*:certificate/*"],
      calls: {
        acm: "DescribeCertificate DeleteCertificate ListTagsForCertificate AddTagsToCertificate RemoveTagsFromCertificate",
      },
      only: OWN,
    },
    Records: {
      on: ["arn:aws:route53:::hostedzone/*"],
      calls: { route53: "ChangeResourceRecordSets" },
      only: {
        "ForAllValues:StringLike": {
          "route53:ChangeResourceRecordSetsNormalizedRecordNames": domains.flatMap((domain) => [
            domain,
            // Proves ownership of the domain to AWS.
            `_*.${domain}`,
          ]),
        },
        // Otherwise an empty list would match.
        Null: { "route53:ChangeResourceRecordSetsNormalizedRecordNames": "false" },
      },
    },
    Zones: {
      on: ["arn:aws:route53:::hostedzone/*", "arn:aws:route53:::change/*"],
      calls: { route53: "GetHostedZone ListResourceRecordSets ListTagsForResource GetChange" },
    },
    ZonesRead: {
      on: ["*"],
      reason: NO_RESOURCES,
      calls: { route53: "ListHostedZones", acm: "ListCertificates" },
    },
  };
}
