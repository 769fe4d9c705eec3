/// <reference path="../../.sst/platform/config.d.ts" />
/** A bucket that nobody but the account can reach. */

export interface PrivateBucketArgs {
  /** Whether its objects are kept when the stage is removed. */
  retain: boolean;
  /** Which versions of which objects S3 removes, and when. */
  lifecycle: aws.types.input.s3.BucketLifecycleConfigurationV2Rule[];
}

/**
 * A private, versioned bucket, encrypted with S3's own key, that answers TLS alone and knows no ACLs.
 *
 * #### Cost
 * $0.023 per GB and month.
 *
 * @param name Its logical name; the physical one has the app's and the stage's before it.
 * @param parent A component, below which SST does not take the bucket for something to link.
 */
export function privateBucket(
  name: string,
  { retain, lifecycle }: PrivateBucketArgs,
  parent: $util.Resource,
): sst.aws.Bucket {
  const bucket = new sst.aws.Bucket(
    name,
    {
      versioning: true,
      cors: false,
      transform: {
        bucket: (args) => {
          // `sst remove` empties the bucket, unless the stage keeps what it has.
          args.forceDestroy = !retain;
        },
      },
    },
    { parent },
  );
  const settings = { bucket: bucket.name };
  new aws.s3.BucketOwnershipControls(
    `${name}Ownership`,
    { ...settings, rule: { objectOwnership: "BucketOwnerEnforced" } },
    { parent },
  );
  new aws.s3.BucketServerSideEncryptionConfigurationV2(
    `${name}Encryption`,
    { ...settings, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
    { parent },
  );
  new aws.s3.BucketLifecycleConfigurationV2(
    `${name}Lifecycle`,
    { ...settings, rules: lifecycle },
    { parent },
  );
  return bucket;
}

/** Removes the parts of uploads that never ended. */
export const UNFINISHED: aws.types.input.s3.BucketLifecycleConfigurationV2Rule = {
  id: "unfinished",
  status: "Enabled",
  filter: { prefix: "" },
  abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
};
