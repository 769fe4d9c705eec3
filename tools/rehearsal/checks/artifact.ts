import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import type { BootPlan } from "./boot-plan.ts";
import type { Cloud } from "./cloud.ts";
import { present, same } from "./expect.ts";

/** The bucket has what an instance fetches, byte for byte, and is closed to the public. */
export async function checkArtifact(
  cloud: Cloud,
  { bucket: Bucket, runtime, app }: BootPlan,
): Promise<void> {
  for (const { key: Key, sha256 } of [runtime, app]) {
    const { Body } = await cloud.s3.getObject({ Bucket, Key });
    const bytes = await present(Body, Key).transformToByteArray();
    same(
      createHash("sha256").update(gunzipSync(bytes)).digest("hex"),
      sha256,
      `SHA-256 of the tar in ${Key}`,
    );
  }
  const versioning = await cloud.s3.getBucketVersioning({ Bucket });
  same(versioning.Status, "Enabled", "the bucket's versioning");
  const encryption = await cloud.s3.getBucketEncryption({ Bucket });
  same(
    encryption.ServerSideEncryptionConfiguration?.Rules?.length,
    1,
    "the bucket's encryption rules",
  );
  const access = await cloud.s3.getPublicAccessBlock({ Bucket });
  const closed = {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  };
  same(access.PublicAccessBlockConfiguration, closed, "the bucket's public access block");
  const lifecycle = await cloud.s3.getBucketLifecycleConfiguration({ Bucket });
  const expiring = lifecycle.Rules?.filter((rule) => rule.NoncurrentVersionExpiration);
  same(expiring?.length, 1, "rules that expire removed archives");
  await checkTlsOnly(cloud, Bucket);
}

/** The bucket has the archives that the groups' templates name, and no others. */
export async function checkArchives(cloud: Cloud, plans: readonly BootPlan[]): Promise<void> {
  const [first] = plans;
  const Bucket = present(first, "a group").bucket;
  const { Contents = [] } = await cloud.s3.listObjectsV2({ Bucket });
  const named = new Set(plans.flatMap(({ runtime, app }) => [runtime.key, app.key]));
  same(Contents.map(({ Key }) => `${Key}`).sort(), [...named].sort(), "archives in the bucket");
}

async function checkTlsOnly(cloud: Cloud, Bucket: string) {
  const { Policy } = await cloud.s3.getBucketPolicy({ Bucket });
  const statements: { Effect: string; Condition?: unknown }[] = JSON.parse(
    present(Policy, "bucket policy"),
  ).Statement;
  const denied = statements.filter((each) => each.Effect === "Deny").map((each) => each.Condition);
  same(denied, [{ Bool: { "aws:SecureTransport": "false" } }], "what the bucket denies");
}
