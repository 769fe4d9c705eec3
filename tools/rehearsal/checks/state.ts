import type { Cloud } from "./cloud.ts";
import { same } from "./expect.ts";

/** No file of SST's state shows a secret: neither the newest nor its history and log. */
export async function checkState({ s3 }: Cloud, secrets: readonly string[]): Promise<void> {
  const { Buckets = [] } = await s3.listBuckets();
  const files: { name: string; text: string }[] = [];
  for (const { Name: Bucket } of Buckets.filter(({ Name }) => Name?.startsWith("sst-state-"))) {
    const { Contents = [] } = await s3.listObjectsV2({ Bucket });
    for (const { Key } of Contents) {
      const { Body } = await s3.getObject({ Bucket, Key });
      files.push({ name: `${Bucket}/${Key}`, text: (await Body?.transformToString()) ?? "" });
    }
  }
  const states = files.filter(({ text }) => text.includes("TokenSecretKeys"));
  same(states.length > 0, true, "a file of the state knows the keys of the tokens");
  const open = files.filter(({ text }) => secrets.some((secret) => text.includes(secret)));
  same(
    open.map(({ name }) => name),
    [],
    "files of the state with a secret in the open",
  );
}
