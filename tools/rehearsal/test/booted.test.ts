import {
  AttachInstancesCommand,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  DescribeScalingActivitiesCommand,
  DetachInstancesCommand,
  SetInstanceHealthCommand,
  StartInstanceRefreshCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DescribeImagesCommand,
  DescribeSubnetsCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Cloud, connect } from "../checks/cloud.ts";
import { type OwnEmulator, startOwnEmulator } from "./support/emulator.ts";

const AutoScalingGroupName = "api";
let emulator: OwnEmulator;
let cloud: Cloud;
let template: string;

beforeAll(async () => {
  emulator = await startOwnEmulator();
  cloud = connect(emulator.endpoint, "us-east-1");
  template = await createGroup();
}, 600_000);
afterAll(async () => {
  await emulator?.close();
});

async function createGroup(): Promise<string> {
  const { Images } = await cloud.ec2.send(new DescribeImagesCommand({ Owners: ["amazon"] }));
  const { Subnets } = await cloud.ec2.send(new DescribeSubnetsCommand({}));
  const LaunchTemplateData = { ImageId: Images?.[0]?.ImageId, InstanceType: "t4g.micro" as const };
  const { LaunchTemplate } = await cloud.ec2.send(
    new CreateLaunchTemplateCommand({ LaunchTemplateName: "api", LaunchTemplateData }),
  );
  const LaunchTemplateId = LaunchTemplate?.LaunchTemplateId ?? "";
  await cloud.ec2.send(
    new CreateLaunchTemplateVersionCommand({ LaunchTemplateId, LaunchTemplateData }),
  );
  await cloud.autoScaling.send(
    new CreateAutoScalingGroupCommand({
      ...{ AutoScalingGroupName, MinSize: 1, MaxSize: 2 },
      VPCZoneIdentifier: Subnets?.[0]?.SubnetId,
      LaunchTemplate: { LaunchTemplateId, Version: "1" },
    }),
  );
  return LaunchTemplateId;
}

const attach = (id: string) =>
  cloud.autoScaling.send(new AttachInstancesCommand({ AutoScalingGroupName, InstanceIds: [id] }));
async function members() {
  const { AutoScalingGroups } = await cloud.autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [AutoScalingGroupName] }),
  );
  return (AutoScalingGroups?.[0]?.Instances ?? []).map((each) => [
    ...[each.InstanceId, each.LaunchTemplate?.Version, each.HealthStatus],
  ]);
}
async function refresh() {
  const { InstanceRefreshes } = await cloud.autoScaling.send(
    new DescribeInstanceRefreshesCommand({ AutoScalingGroupName }),
  );
  return InstanceRefreshes?.[0];
}
const startRefresh = (Version: string, alarm?: string) =>
  cloud.autoScaling.send(
    new StartInstanceRefreshCommand({
      AutoScalingGroupName,
      DesiredConfiguration: { LaunchTemplate: { LaunchTemplateId: template, Version } },
      Preferences: {
        AutoRollback: true,
        ...(alarm && { AlarmSpecification: { Alarms: [alarm] } }),
      },
    }),
  );

beforeEach(async () => {
  const InstanceIds = (await members()).map(([id]) => `${id}`).filter((id) => /^i-b/.test(id));
  if (InstanceIds.length > 0)
    await cloud.autoScaling.send(
      new DetachInstancesCommand({
        ...{ AutoScalingGroupName, InstanceIds, ShouldDecrementDesiredCapacity: false },
      }),
    );
});

test("the group has them alone, and a refresh ends when those of before are gone", async () => {
  await attach("i-b1");
  expect(await members()).toEqual([["i-b1", "1", "HEALTHY"]]);
  await startRefresh("2");
  await attach("i-b2");
  expect(await members()).toEqual([
    ["i-b1", "1", "HEALTHY"],
    ["i-b2", "2", "HEALTHY"],
  ]);
  expect((await refresh())?.Status).toBe("InProgress");
  const InstanceId = "i-b1";
  await cloud.autoScaling.send(
    new SetInstanceHealthCommand({ InstanceId, HealthStatus: "Unhealthy" }),
  );
  await cloud.autoScaling.send(
    new TerminateInstanceInAutoScalingGroupCommand({
      ...{ InstanceId, ShouldDecrementDesiredCapacity: false },
    }),
  );
  expect((await refresh())?.Status).toBe("Successful");
  const { Activities } = await cloud.autoScaling.send(
    new DescribeScalingActivitiesCommand({ AutoScalingGroupName }),
  );
  expect(Activities?.[0]).toMatchObject({
    Description: "Terminating EC2 instance: i-b1",
    Cause: expect.stringMatching(/ELB system health check failure/),
  });
});

test("one that says it is sick before it is attached is so", async () => {
  await cloud.autoScaling.send(
    new SetInstanceHealthCommand({ InstanceId: "i-b4", HealthStatus: "Unhealthy" }),
  );
  await attach("i-b4");
  expect(await members()).toEqual([["i-b4", "2", "UNHEALTHY"]]);
});

test("a watched alarm that fires rolls a refresh back", async () => {
  const AlarmName = "errors";
  await cloud.cloudWatch.send(
    new PutMetricAlarmCommand({
      ...{ AlarmName, Namespace: "test", MetricName: "errors", Statistic: "Sum", Period: 60 },
      ...{ EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: "GreaterThanThreshold" },
    }),
  );
  await attach("i-b3");
  await startRefresh("1", AlarmName);
  expect((await refresh())?.Status).toBe("InProgress");
  await cloud.cloudWatch.send(
    new SetAlarmStateCommand({ AlarmName, StateValue: "ALARM", StateReason: "test" }),
  );
  expect(await refresh()).toMatchObject({
    Status: "RollbackSuccessful",
    StatusReason: expect.stringContaining(AlarmName),
  });
});
