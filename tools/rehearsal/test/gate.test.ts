/** The emulator refuses what a caller's policies do not allow, in the words of each protocol, where it is judged. */
import { writeFile } from "node:fs/promises";
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Gate } from "../deploy/rights/gate.ts";
import { type OwnEmulator, startOwnEmulator } from "./support/emulator.ts";

const BUCKET = "archives";
let emulator: OwnEmulator;
let gate: Gate;
let clients: (accessKeyId: string) => {
  ssm: SSMClient;
  s3: S3Client;
  autoScaling: AutoScalingClient;
};

beforeAll(async () => {
  emulator = await startOwnEmulator();
  const { endpoint, control } = emulator;
  await writeFile(emulator.files.calls, "");
  const statement = (Action: string, Resource: string) => ({ Effect: "Allow", Action, Resource });
  const instances = {
    Version: "2012-10-17",
    Statement: [
      statement("ssm:GetParameter", "arn:aws:ssm:us-east-1:123456789012:parameter/own"),
      statement("s3:GetObject", `arn:aws:s3:::${BUCKET}/own/*`),
    ],
  };
  const arn = "arn:aws:iam::123456789012:role/instances";
  gate = await Gate.start(new Map([["instance", { arn, policies: { instances } }]]));
  await control({ refreshOutcome: "Successful", ...gate.control });
  clients = (accessKeyId) => {
    const credentials = { accessKeyId, secretAccessKey: "test" };
    const options = { endpoint, region: "us-east-1", credentials, maxAttempts: 1 };
    return {
      ssm: new SSMClient(options),
      s3: new S3Client({ ...options, forcePathStyle: true }),
      autoScaling: new AutoScalingClient(options),
    };
  };
  const { ssm, s3 } = clients("somebody");
  for (const Name of ["/own", "/others"])
    await ssm.send(new PutParameterCommand({ Name, Type: "SecureString", Value: `of ${Name}` }));
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  for (const Key of ["own/1", "others/1"])
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: Key }));
}, 600_000);
afterAll(async () => {
  await gate.stop();
  await emulator?.close();
});

test("serves what is the caller's, by any version", async () => {
  const { ssm, s3 } = clients("instance");
  for (const Name of ["/own", "/own:1"]) {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
    expect(Parameter?.Value).toBe("of /own");
  }
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: "own/1" }));
  expect(await Body?.transformToString()).toBe("own/1");
  expect([gate.refused, gate.evaluated]).toEqual([[], 3]);
});

test("refuses the rest, and says so as the service does", async () => {
  const { ssm, s3, autoScaling } = clients("instance");
  await expect(
    ssm.send(new GetParameterCommand({ Name: "/others", WithDecryption: true })),
  ).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: expect.stringContaining(
      "ssm:GetParameter on arn:aws:ssm:us-east-1:123456789012:parameter/others",
    ),
  });
  await expect(
    s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: "others/1" })),
  ).rejects.toMatchObject({ name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
  await expect(autoScaling.send(new DescribeAutoScalingGroupsCommand({}))).rejects.toMatchObject({
    name: "AccessDenied",
  });
  expect(gate.refused.join("\n")).toMatch(
    /parameter\/others[\s\S]*others\/1[\s\S]*DescribeAutoScalingGroups/,
  );
});

test("does not tell who may not list a bucket that an object is not there, and counts no refusal", async () => {
  const before = gate.refused.length;
  const missing = { Bucket: BUCKET, Key: "own/2" };
  await expect(clients("instance").s3.send(new GetObjectCommand(missing))).rejects.toMatchObject({
    name: "AccessDenied",
  });
  expect(gate.refused).toHaveLength(before);
  await expect(clients("somebody").s3.send(new GetObjectCommand(missing))).rejects.toMatchObject({
    name: "NoSuchKey",
  });
});

test("leaves everybody else alone", async () => {
  const { Parameter } = await clients("somebody").ssm.send(
    new GetParameterCommand({ Name: "/others", WithDecryption: true }),
  );
  expect(Parameter?.Value).toBe("of /others");
});
