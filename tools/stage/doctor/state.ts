/** SST's data in an account: where it is, and the stages. Read-only. */
import { paginateListObjectsV2, S3 } from "@aws-sdk/client-s3";
import { GetParameterCommand, SSM } from "@aws-sdk/client-ssm";
import { options } from "./clients.ts";

/** The app's name in SST's state. */
const APP = "steadfast";

/** SST's buckets in a region; undefined if it was never used there. */
export async function findBootstrap(
  region: string,
): Promise<{ state: string; asset: string } | undefined> {
  const value = await parameter(region, "/sst/bootstrap");
  return value === undefined ? undefined : JSON.parse(value);
}

/** Whether the passphrase of a stage's state exists. */
export async function hasPassphrase(region: string, stage: string): Promise<boolean> {
  return (await parameter(region, `/sst/passphrase/${APP}/${stage}`)) !== undefined;
}

/** Whether a bucket exists and is readable. */
export async function bucketExists(region: string, bucket: string): Promise<boolean> {
  try {
    await new S3(options(region)).headBucket({ Bucket: bucket });
    return true;
  } catch (error) {
    if ((error as Error).name === "NotFound") return false;
    throw error;
  }
}

/** Names of the deployed stages. */
export async function listStages(region: string, bucket: string): Promise<string[]> {
  const stages: string[] = [];
  const pages = paginateListObjectsV2(
    { client: new S3(options(region)) },
    { Bucket: bucket, Prefix: `app/${APP}/` },
  );
  for await (const { Contents = [] } of pages)
    for (const { Key = "" } of Contents)
      stages.push(Key.slice(`app/${APP}/`.length).replace(/\.json$/, ""));
  return stages;
}

/** When a stage was locked, in SST's words; undefined if it is not. */
export async function findLock(
  region: string,
  bucket: string,
  stage: string,
): Promise<{ since: Date | undefined; command: string } | undefined> {
  try {
    const { Body, LastModified } = await new S3(options(region)).getObject({
      Bucket: bucket,
      Key: `lock/${APP}/${stage}.json`,
    });
    const { command = "a command" } = JSON.parse((await Body?.transformToString()) || "{}");
    return { since: LastModified, command };
  } catch (error) {
    if ((error as Error).name === "NoSuchKey") return undefined;
    throw error;
  }
}

async function parameter(region: string, name: string): Promise<string | undefined> {
  try {
    const asked = new GetParameterCommand({ Name: name });
    return (await new SSM(options(region)).send(asked)).Parameter?.Value;
  } catch (error) {
    if ((error as Error).name === "ParameterNotFound") return undefined;
    throw error;
  }
}
