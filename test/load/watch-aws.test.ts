/** Watching a deployed stage, against an emulated account. */
import { mkdir } from "node:fs/promises";
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
  SetDesiredCapacityCommand,
} from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Account, watchAws } from "../../scripts/load/watch/aws.ts";
import type { Watcher } from "../../scripts/load/watch/watcher.ts";
import { installEmulator, startEmulator } from "../../scripts/rehearse/emulator.ts";
import { paths } from "../../scripts/rehearse/paths.ts";
import { Processes } from "../../scripts/rehearse/processes.ts";
import { hasPython } from "./support/tools.ts";

const processes = new Processes(new AbortController().signal);
let connect: () => Account;
let ec2: EC2Client;
let loadBalancer: string;
let watcher: Watcher;

/** Makes a balancer and a group of two. @returns the balancer's dimension in CloudWatch */
async function deploy({ autoScaling, balancing }: Account): Promise<string> {
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

function put(namespace: string, metric: string, [Name, Value]: [string, string], value: number) {
  return connect().cloudWatch.send(
    new PutMetricDataCommand({
      Namespace: namespace,
      MetricData: [
        {
          MetricName: metric,
          Dimensions: [{ Name, Value }],
          Timestamp: new Date(Date.now() - 60_000),
          Value: value,
        },
      ],
    }),
  );
}

describe.skipIf(!hasPython)("in an emulated account", () => {
  beforeAll(async () => {
    await mkdir(paths.logs, { recursive: true });
    await installEmulator(processes);
    const { endpoint } = await startEmulator(processes);
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const options = { endpoint, region: "us-east-1", credentials };
    connect = () => ({
      autoScaling: new AutoScalingClient(options),
      balancing: new ElasticLoadBalancingV2Client(options),
      cloudWatch: new CloudWatchClient(options),
    });
    ec2 = new EC2Client(options);
    loadBalancer = await deploy(connect());
    watcher = await watchAws(connect(), "steadfast", "ada");
  }, 300_000);

  afterAll(async () => {
    watcher?.close();
    await processes.stopAll();
  });

  test("shows the group that serves and the targets behind the balancer", async () => {
    expect(await watcher.read()).toEqual({ desired: 2, inService: 2, healthy: 2 });
  });

  test("follows the group when it grows", async () => {
    await connect().autoScaling.send(
      new SetDesiredCapacityCommand({
        AutoScalingGroupName: "steadfast-ada-Api",
        DesiredCapacity: 4,
      }),
    );
    expect(await watcher.read()).toMatchObject({ desired: 4, inService: 4, healthy: 4 });
  });

  test("adds CPU and 5xx of instances and balancer as soon as CloudWatch has them", async () => {
    await put("AWS/EC2", "CPUUtilization", ["AutoScalingGroupName", "steadfast-ada-Api"], 61.5);
    await put("AWS/EC2", "CPUUtilization", ["AutoScalingGroupName", "steadfast-ada-Worker"], 5);
    const balancer: [string, string] = ["LoadBalancer", loadBalancer];
    await put("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", balancer, 3);
    await put("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", balancer, 4);
    expect(await watcher.read()).toMatchObject({ cpu: 61.5, errors: 7 });
  });

  test("says that a stage has no group", async () => {
    await expect(watchAws(connect(), "steadfast", "bob")).rejects.toThrow(
      "Stage bob has no Auto Scaling group of steadfast in this account and region.",
    );
  });
});
