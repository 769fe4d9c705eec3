/** The parts of a deployed stage that load tests look at, in an emulated account. */
import {
  type AutoScalingClient,
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
} from "@aws-sdk/client-auto-scaling";
import { DescribeSubnetsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateBucketCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { PutParameterCommand, type SSMClient } from "@aws-sdk/client-ssm";
import type { Account } from "../../runner/watch/aws.ts";

/** SST's bootstrap of this account and region; SST upgrades an older one. */
const BOOTSTRAP = { version: 5, asset: "sst-asset-load", state: "sst-state-load" };

/** Makes a balancer and a group of two. @returns the balancer's dimension in CloudWatch */
export async function deployGroup(
  { autoScaling, balancing }: Account,
  ec2: EC2Client,
): Promise<string> {
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const subnets = Subnets.slice(0, 2).map(({ SubnetId = "" }) => SubnetId);
  const { LoadBalancers: [balancer] = [] } = await balancing.send(
    new CreateLoadBalancerCommand({ Name: "alb", Subnets: subnets }),
  );
  const { TargetGroups: [target] = [] } = await balancing.send(
    new CreateTargetGroupCommand({
      Name: "targets",
      Protocol: "HTTP",
      Port: 3000,
      VpcId: Subnets[0]?.VpcId,
    }),
  );
  await balancing.send(
    new CreateListenerCommand({
      LoadBalancerArn: balancer?.LoadBalancerArn,
      Protocol: "HTTP",
      Port: 80,
      DefaultActions: [{ Type: "forward", TargetGroupArn: target?.TargetGroupArn }],
    }),
  );
  await autoScaling.send(
    new CreateLaunchConfigurationCommand({
      LaunchConfigurationName: "launch",
      ImageId: "ami-12c6146b",
      InstanceType: "t3.small",
    }),
  );
  await createGroup(autoScaling, "steadfast-ada-Worker", subnets, []);
  await createGroup(autoScaling, "steadfast-ada-Api", subnets, [target?.TargetGroupArn ?? ""]);
  return balancer?.LoadBalancerArn?.split(":loadbalancer/")[1] ?? "";
}

function createGroup(client: AutoScalingClient, name: string, subnets: string[], arns: string[]) {
  const tags = { app: "steadfast", stage: "ada" };
  return client.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      LaunchConfigurationName: "launch",
      MinSize: 1,
      MaxSize: 6,
      DesiredCapacity: 2,
      VPCZoneIdentifier: subnets.join(","),
      TargetGroupARNs: arns,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value, PropagateAtLaunch: true })),
    }),
  );
}

/** Stores a stage's state where SST looks for it, as its last deploy would have. */
export async function putState(
  { s3, ssm }: { s3: S3Client; ssm: SSMClient },
  stage: string,
  outputs: Record<string, unknown>,
): Promise<void> {
  for (const Bucket of [BOOTSTRAP.asset, BOOTSTRAP.state]) {
    await s3.send(new CreateBucketCommand({ Bucket }));
  }
  const bootstrap = JSON.stringify(BOOTSTRAP);
  const parameter = { Name: "/sst/bootstrap", Value: bootstrap, Type: "String" } as const;
  await ssm.send(new PutParameterCommand(parameter));
  const type = "pulumi:pulumi:Stack";
  const urn = `urn:pulumi:${stage}::steadfast::${type}::steadfast-${stage}`;
  const latest = {
    manifest: { time: "2026-01-31T12:00:00Z", magic: "", version: "" },
    resources: [{ urn, type, custom: false, outputs }],
  };
  const checkpoint = { stack: `organization/steadfast/${stage}`, latest };
  await s3.send(
    new PutObjectCommand({
      Bucket: BOOTSTRAP.state,
      Key: `app/steadfast/${stage}.json`,
      Body: JSON.stringify({ version: 3, checkpoint }),
    }),
  );
}
