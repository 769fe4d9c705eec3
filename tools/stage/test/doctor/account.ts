/** An emulated account that a doctor looks at: empty at first, with one fault after the other put in. */
import { writeFile } from "node:fs/promises";
import {
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { PATH } from "../../../../infra/policies/access.ts";
import { boundaryGrants } from "../../../../infra/policies/deployer.ts";
import { policyOf } from "../../../../infra/policies/grant.ts";
import { type Cloud, connect } from "../../../rehearsal/checks/cloud.ts";
import { startOwnEmulator } from "../../../rehearsal/test/support/emulator.ts";
import { policiesOf } from "../../policy/policies.ts";

/** Keys of an access key, as the environment has them. */
export type Credentials = Record<"AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY", string>;

export interface Account {
  endpoint: string;
  cloud: Cloud;
  /** Empties the account, and sets the quotas that are not the emulator's defaults. */
  reset(quotas?: Record<string, number>): Promise<void>;
  /** A user with the deployer's policies, all but some. */
  deployer(without?: RegExp): Promise<Credentials>;
  /** What SST keeps: its buckets, stages' states, and more files of the state bucket. */
  bootstrap(stages: readonly string[], files?: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Starts an emulator of its own. */
export async function openAccount(): Promise<Account> {
  const emulator = await startOwnEmulator();
  const { endpoint } = emulator;
  const cloud = connect(endpoint, "us-east-1");
  return {
    endpoint,
    cloud,
    async reset(quotas = {}) {
      await writeFile(emulator.files.control, JSON.stringify({ quotas }));
      await fetch(`${endpoint}/moto-api/reset`, { method: "POST" });
      await createBoundaries(cloud);
    },
    deployer: (without) => createDeployer(cloud, without),
    bootstrap: (stages, files) => bootstrap(cloud, stages, files),
    close: emulator.close,
  };
}

/** What the access stack brings, as far as a deploy asks for it. */
async function createBoundaries({ iam }: Cloud): Promise<void> {
  for (const [PolicyName, grants] of Object.entries(boundaryGrants())) {
    const PolicyDocument = JSON.stringify(policyOf(grants));
    await iam.send(new CreatePolicyCommand({ PolicyName, Path: PATH, PolicyDocument }));
  }
}

async function createDeployer({ iam }: Cloud, without?: RegExp): Promise<Credentials> {
  const UserName = "deployer";
  await iam.send(new CreateUserCommand({ UserName }));
  for (const [PolicyName, policy] of Object.entries(await policiesOf(["production"], "prod"))) {
    if (without?.test(PolicyName)) continue;
    const PolicyDocument = JSON.stringify(policy);
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument }));
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return {
    AWS_ACCESS_KEY_ID: AccessKey?.AccessKeyId ?? "",
    AWS_SECRET_ACCESS_KEY: AccessKey?.SecretAccessKey ?? "",
  };
}

const BUCKETS = { state: "sst-state-abc", asset: "sst-asset-abc" };

async function bootstrap(
  { s3, ssm }: Cloud,
  stages: readonly string[],
  files: readonly string[] = [],
): Promise<void> {
  for (const Bucket of Object.values(BUCKETS)) await s3.send(new CreateBucketCommand({ Bucket }));
  const keys = [...stages.map((stage) => `app/steadfast/${stage}.json`), ...files];
  for (const Key of keys)
    await s3.send(new PutObjectCommand({ Bucket: BUCKETS.state, Key, Body: "{}" }));
  const Value = JSON.stringify(BUCKETS);
  await ssm.send(new PutParameterCommand({ Name: "/sst/bootstrap", Value, Type: "String" }));
  for (const stage of stages) {
    const Name = `/sst/passphrase/steadfast/${stage}`;
    await ssm.send(new PutParameterCommand({ Name, Value: "x", Type: "SecureString" }));
  }
}
