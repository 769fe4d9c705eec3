import type { AutoScalingGroup, DesiredConfiguration } from "@aws-sdk/client-auto-scaling";
import type { ResponseLaunchTemplateData } from "@aws-sdk/client-ec2";
import type {
  Listener,
  LoadBalancer,
  TargetGroup,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { type BootPlan, readBootPlan } from "./boot-plan.ts";
import type { Cloud } from "./cloud.ts";
import { only, present, same } from "./expect.ts";

/** A group and what its instances run, as found in the account. */
export interface Fleet {
  group: AutoScalingGroup;
  /** Number of the launch template's version that the group uses. */
  version: string;
  template: ResponseLaunchTemplateData;
  /** What an instance runs at first boot, decoded. */
  userData: string;
  /** What that fetches. */
  plan: BootPlan;
}

/** The chain from the balancer to what an instance runs, as found in the account. */
export interface Deployment extends Fleet {
  balancer: LoadBalancer;
  listeners: Listener[];
  targetGroup: TargetGroup;
}

/**
 * Follows the chain from the balancer's listener to the user data, so that a resource that exists but is
 * not wired is not found.
 */
export async function findDeployment(cloud: Cloud): Promise<Deployment> {
  const balancer = only(await findBalancers(cloud), "load balancer");
  const { Listeners: listeners = [] } = await cloud.balancing.describeListeners({
    LoadBalancerArn: balancer.LoadBalancerArn,
  });
  const arn = await findForwarded(cloud, listeners);
  const targetGroups = await cloud.balancing.describeTargetGroups({ TargetGroupArns: [arn] });
  const targetGroup = only(targetGroups.TargetGroups, "target group");
  const group = await findBalancedGroup(cloud);
  same(group.TargetGroupARNs, [arn], "target groups of the auto scaling group");
  return { balancer, listeners, targetGroup, group, ...(await findTemplate(cloud, group)) };
}

async function findBalancers({ balancing, stage }: Cloud): Promise<LoadBalancer[]> {
  const { LoadBalancers = [] } = await balancing.describeLoadBalancers();
  if (!stage || LoadBalancers.length === 0) return LoadBalancers;
  const ResourceArns = LoadBalancers.map((each) => each.LoadBalancerArn ?? "");
  const { TagDescriptions = [] } = await balancing.describeTags({ ResourceArns });
  const ours = TagDescriptions.filter(({ Tags }) => isOf(stage, Tags));
  return LoadBalancers.filter((each) =>
    ours.some(({ ResourceArn }) => ResourceArn === each.LoadBalancerArn),
  );
}

/** Whether tags name this app and a stage. */
export function isOf(
  stage: string,
  tags: { Key?: string | undefined; Value?: string | undefined }[] = [],
): boolean {
  const has = (key: string, value: string) =>
    tags.some(({ Key, Value }) => Key === key && Value === value);
  return has("app", "steadfast") && has("stage", stage);
}

/** The API's group, the only one behind a balancer. */
export async function findBalancedGroup(cloud: Cloud): Promise<AutoScalingGroup> {
  const groups = await findGroups(cloud);
  const balanced = groups.filter((each) => each.TargetGroupARNs?.length);
  return only(balanced, "auto scaling group behind a balancer");
}

/** The groups without a balancer, with what their instances run. */
export async function findWorkers(cloud: Cloud): Promise<Fleet[]> {
  const groups = await findGroups(cloud);
  const workers = groups.filter((each) => !each.TargetGroupARNs?.length);
  return Promise.all(
    workers.map(async (group) => ({ group, ...(await findTemplate(cloud, group)) })),
  );
}

async function findGroups({ autoScaling, stage }: Cloud): Promise<AutoScalingGroup[]> {
  const { AutoScalingGroups = [] } = await autoScaling.describeAutoScalingGroups();
  return stage ? AutoScalingGroups.filter(({ Tags }) => isOf(stage, Tags)) : AutoScalingGroups;
}

/** The target group that the listeners' rules, the default ones among them, forward to. */
async function findForwarded(cloud: Cloud, listeners: Listener[]): Promise<string> {
  const found = await Promise.all(
    listeners.map(({ ListenerArn }) => cloud.balancing.describeRules({ ListenerArn })),
  );
  const actions = found.flatMap((each) => each.Rules ?? []).flatMap((rule) => rule.Actions ?? []);
  const forwarded = actions.filter((action) => action.Type === "forward");
  return present(only(forwarded, "rule that forwards").TargetGroupArn, "the rule's target group");
}

/** The version of a launch template that a group, or a refresh, is to launch. */
export async function findTemplate(cloud: Cloud, group: AutoScalingGroup | DesiredConfiguration) {
  const mixed = group.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
  const { LaunchTemplateId, Version } = present(
    group.LaunchTemplate ?? mixed,
    "group's launch template",
  );
  const version = present(Version, "group's launch template version");
  const { LaunchTemplateVersions } = await cloud.ec2.describeLaunchTemplateVersions({
    LaunchTemplateId,
    Versions: [version],
  });
  const template = present(
    only(LaunchTemplateVersions, "launch template version").LaunchTemplateData,
    "launch template's data",
  );
  const encoded = present(template.UserData, "launch template's user data");
  const userData = Buffer.from(encoded, "base64").toString("utf8");
  return { version, template, userData, plan: readBootPlan(userData) };
}
