/** A machine as a member of its Auto Scaling group. */
import type { Machine } from "./machine.ts";
import type { DeployedStage } from "./stage.ts";

/** Its health: `HEALTHY` or `UNHEALTHY`; `undefined` if it is no member. */
export async function healthInGroup(
  stage: DeployedStage,
  machine: Machine,
): Promise<string | undefined> {
  return (await memberOf(stage, machine))?.HealthStatus?.toUpperCase();
}

/** Its lifecycle state, such as `Terminating:Wait`. */
export async function stateInGroup(
  stage: DeployedStage,
  machine: Machine,
): Promise<string | undefined> {
  return (await memberOf(stage, machine))?.LifecycleState;
}

/** The group decides to terminate it. */
export async function terminate({ cloud }: DeployedStage, { id }: Machine): Promise<void> {
  await cloud.autoScaling.terminateInstanceInAutoScalingGroup({
    InstanceId: id,
    ShouldDecrementDesiredCapacity: false,
  });
}

async function memberOf({ cloud }: DeployedStage, { id }: Machine) {
  const { AutoScalingInstances = [] } = await cloud.autoScaling.describeAutoScalingInstances({
    InstanceIds: [id],
  });
  return AutoScalingInstances[0];
}
