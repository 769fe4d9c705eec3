/** The Auto Scaling group itself, and the hook that lets terminations wait. */
import type { DesiredConfiguration, RefreshPreferences } from "@aws-sdk/client-auto-scaling";
import { transform } from "../sst/transform.ts";
import type { DeployedArgs } from "./args.ts";
import type { ResolvedScaling } from "./scaling.ts";

/** What a drain may take longer than the time that was set for it. */
const DRAIN_MARGIN_SECONDS = 60;

interface GroupContext {
  name: string;
  args: DeployedArgs;
  settings: {
    instances: readonly string[];
    scaling: ResolvedScaling;
    healthyPercentage: readonly [number, number];
    warmup: number;
    capacity: { base: number; spot: number } | undefined;
    drain: number;
    lifetime: number | undefined;
  };
  /** The group's physical name; its instances know it. */
  group: string;
  hook: string;
  launchTemplate: aws.ec2.LaunchTemplate;
  /** Names of the alarms that roll a rollout back. */
  alarms: $util.Output<string>[];
  parent: $util.Resource;
  dependsOn: $util.Input<$util.Resource>[];
}

/** Version of a template as AWS writes it; the number makes a rollback possible, `$Latest` does not. */
export function templateVersion(template: aws.ec2.LaunchTemplate): $util.Output<string> {
  return template.latestVersion.apply((version) => `${version}`);
}

/** The group, and how a `Rollout` brings a new version into it. */
export function createGroup(context: GroupContext): {
  group: aws.autoscaling.Group;
  desired: $util.Output<string>;
  preferences: $util.Output<string>;
} {
  const { name, args, settings, parent } = context;
  const [minHealthyPercentage, maxHealthyPercentage] = settings.healthyPercentage;
  const tags = { Name: `${$app.name}-${$app.stage}-${name}`, app: $app.name, stage: $app.stage };
  const [groupName, groupArgs, opts] = transform<aws.autoscaling.GroupArgs>(
    args.transform?.autoScalingGroup,
    `${name}Group`,
    {
      name: context.group,
      minSize: settings.scaling.min,
      maxSize: settings.scaling.max,
      vpcZoneIdentifiers: args.vpc.subnets,
      ...launchedFrom(context),
      ...(args.target && { targetGroupArns: [args.target.arn] }),
      healthCheckType: args.target ? "ELB" : "EC2",
      healthCheckGracePeriod: settings.warmup,
      defaultInstanceWarmup: settings.warmup,
      instanceMaintenancePolicy: { minHealthyPercentage, maxHealthyPercentage },
      ...(settings.lifetime && { maxInstanceLifetime: settings.lifetime }),
      capacityRebalance: settings.capacity !== undefined,
      enabledMetrics: [
        "GroupDesiredCapacity",
        "GroupInServiceInstances",
        "GroupPendingInstances",
        "GroupTerminatingInstances",
      ],
      // Rollout waits, with a word on what it waits for.
      waitForCapacityTimeout: "0",
      tags: Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
    },
    // What is launched changes by a refresh alone, see `Rollout`: a rollback goes back to what the group has.
    {
      parent,
      dependsOn: context.dependsOn,
      ignoreChanges: ["launchTemplate", "mixedInstancesPolicy"],
    },
  );
  const group = new aws.autoscaling.Group(groupName, groupArgs, opts);
  createHook(context, group);
  return { group, ...refreshRequest(context, groupArgs) };
}

/** One instance type, or several and Spot. */
function launchedFrom({
  settings,
  launchTemplate,
}: GroupContext): Partial<aws.autoscaling.GroupArgs> {
  const version = templateVersion(launchTemplate);
  if (settings.instances.length === 1 && !settings.capacity)
    return { launchTemplate: { id: launchTemplate.id, version } };
  return {
    mixedInstancesPolicy: {
      launchTemplate: {
        launchTemplateSpecification: { launchTemplateId: launchTemplate.id, version },
        overrides: settings.instances.map((instanceType) => ({ instanceType })),
      },
      instancesDistribution: {
        onDemandAllocationStrategy: "prioritized",
        onDemandBaseCapacity: settings.capacity?.base ?? 0,
        onDemandPercentageAboveBaseCapacity: 100 - (settings.capacity?.spot ?? 0),
        spotAllocationStrategy: "price-capacity-optimized",
      },
    },
  };
}

/** What a `Rollout` asks AWS for, as JSON in the API's own words. */
function refreshRequest({ settings, alarms }: GroupContext, groupArgs: aws.autoscaling.GroupArgs) {
  const [MinHealthyPercentage, MaxHealthyPercentage] = settings.healthyPercentage;
  const preferences = $util.all(alarms).apply((Alarms) =>
    JSON.stringify({
      MinHealthyPercentage,
      MaxHealthyPercentage,
      AutoRollback: true,
      SkipMatching: true,
      // Somebody looks into these, or keeps them: AWS would wait for an hour, then fail.
      StandbyInstances: "Ignore",
      ScaleInProtectedInstances: "Ignore",
      ...(Alarms.length > 0 && { AlarmSpecification: { Alarms } }),
    } satisfies RefreshPreferences),
  );
  const { launchTemplate, mixedInstancesPolicy } = groupArgs;
  const desired = $util
    .output({ launchTemplate, mixedInstancesPolicy })
    .apply((launched) => JSON.stringify(inApiWords(launched) satisfies DesiredConfiguration));
  return { desired, preferences };
}

/** Pulumi's names as the API's: the first letter large, and `id` in full. */
function inApiWords(value: object): object {
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(
    entries.map(([key, each]) => {
      const name = key === "id" ? "LaunchTemplateId" : key.charAt(0).toUpperCase() + key.slice(1);
      if (Array.isArray(each)) return [name, each.map(inApiWords)];
      return [name, typeof each === "object" ? inApiWords(each) : each];
    }),
  );
}

function createHook(
  { name, args, settings, hook, parent }: GroupContext,
  group: aws.autoscaling.Group,
) {
  return new aws.autoscaling.LifecycleHook(
    ...transform(
      args.transform?.lifecycleHook,
      `${name}Drain`,
      {
        name: hook,
        autoscalingGroupName: group.name,
        lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
        heartbeatTimeout: settings.drain + DRAIN_MARGIN_SECONDS,
        // An instance that cannot answer any more must not hold up its replacement.
        defaultResult: "CONTINUE",
      },
      { parent },
    ),
  );
}
