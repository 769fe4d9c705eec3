/** A bucket that only the account can reach. */

export interface PrivateBucketArgs {
  /** Whether its objects are kept when the stage is removed. */
  retain: boolean;
  /** Which versions of which objects S3 removes, and when. */
  lifecycle: aws.types.input.s3.BucketLifecycleConfigurationV2Rule[];
}

/** The bucket, as those who put something into it know it. */
export interface PrivateBucket {
  /** Its name; whoever uses it waits until the bucket is as it is meant to be. */
  name: $util.Output<string>;
  /** Its ARN, in the same way. */
  arn: $util.Output<string>;
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
): PrivateBucket {
  const bucket = new sst.aws.Bucket(
    name,
    {
      // Created below: nothing can depend on what SST creates inside.
      versioning: false,
      cors: false,
      transform: {
        bucket: (args) => {
          // `sst remove` empties the bucket, unless the stage retains it.
          args.forceDestroy = !retain;
        },
      },
    },
    { parent },
  );
  const settings = { bucket: bucket.name };
  const s3 = resources();
  const versioning = new s3.Versioning(
    `${name}Versioning`,
    { ...settings, versioningConfiguration: { status: "Enabled" } },
    { parent: bucket },
  );
  const ownership = new aws.s3.BucketOwnershipControls(
    `${name}Ownership`,
    { ...settings, rule: { objectOwnership: "BucketOwnerEnforced" } },
    { parent },
  );
  const encryption = new s3.Encryption(
    `${name}Encryption`,
    { ...settings, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
    { parent },
  );
  new s3.Lifecycle(
    `${name}Lifecycle`,
    { ...settings, rules: lifecycle },
    // Rules on superseded versions require versioning.
    { parent, dependsOn: [versioning] },
  );
  const whenReady = (value: $util.Output<string>) =>
    $util.all([value, versioning.id, ownership.id, encryption.id]).apply(([text]) => text);
  return { name: whenReady(bucket.name), arn: whenReady(bucket.arn) };
}

/** Version 7 of the AWS provider (SST 4) renamed these and removed the old names. */
function resources() {
  const { s3 } = aws;
  const newer = s3 as {
    BucketVersioning?: typeof s3.BucketVersioningV2;
    BucketServerSideEncryptionConfiguration?: typeof s3.BucketServerSideEncryptionConfigurationV2;
    BucketLifecycleConfiguration?: typeof s3.BucketLifecycleConfigurationV2;
  };
  return {
    Versioning: newer.BucketVersioning ?? s3.BucketVersioningV2,
    Encryption:
      newer.BucketServerSideEncryptionConfiguration ?? s3.BucketServerSideEncryptionConfigurationV2,
    Lifecycle: newer.BucketLifecycleConfiguration ?? s3.BucketLifecycleConfigurationV2,
  };
}

/** Removes the parts of uploads that never ended. */
export const UNFINISHED: aws.types.input.s3.BucketLifecycleConfigurationV2Rule = {
  id: "unfinished",
  status: "Enabled",
  filter: { prefix: "" },
  abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
};
