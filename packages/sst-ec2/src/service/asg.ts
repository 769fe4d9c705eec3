import { Rollout } from "../rollout/rollout.ts";
import { ArgumentError } from "../sst/argument-error.ts";
import { fixedName } from "../sst/naming.ts";
import { createRolloutAlarms } from "./alarms.ts";
import type { AsgArgs, DeployedAsgArgs } from "./args.ts";
import { createGroup, templateVersion } from "./group.ts";
import { createLaunchTemplate, createLinksParameter } from "./launch-template.ts";
import { createDevRole, createInstanceRole } from "./role.ts";
import { createScalingPolicies } from "./scaling.ts";
import { createSecurityGroup } from "./security-group.ts";
import { resolveSettings, type Settings } from "./settings.ts";

/**
 * The `Asg` component runs a service on EC2 instances of an Auto Scaling group, with SST's links.
 *
 * @example
 *
 * #### Behind a balancer
 *
 * ```ts
 * new Asg("Api", {
 *   vpc: { id: vpc.id, subnets: vpc.privateSubnets },
 *   artifact,
 *   target: alb.target("Api", { port: 3000 }),
 *   instances: ["t4g.small"],
 *   scaling: { min: 2, max: 6 },
 *   link: [table],
 *   dev: { command: "npm run dev" },
 * });
 * ```
 *
 * #### A single worker without a balancer
 *
 * ```ts
 * new Asg("Collector", {
 *   vpc: { id: vpc.id, subnets: vpc.privateSubnets },
 *   artifact,
 *   processes: 1,
 *   link: [database],
 *   rollout: { healthyPercentage: [0, 100] },
 * });
 * ```
 *
 * ---
 *
 * ### Cost
 *
 * Instances, and their 8 GB disks at $0.08 a GB and month; the rest is free. By default a `t4g.micro`
 * at $0.0084 an hour: $0.0084 × 730 + 8 × $0.08 or **$7 a month**. Two `t4g.small` at $0.0168 an
 * hour: 2 × ($0.0168 × 730 + 8 × $0.08) or **$26 a month**.
 *
 * A public address costs $0.005 × 730 or $3.65 a month and instance, `detailedMonitoring` seven
 * metrics at $0.30, the two rollout alarms $0.10 for each of their three metrics, a composite one
 * $0.50, the one of `surge` $0.10, and $0.20 the two that AWS makes for each value that is kept (`cpu`,
 * `requests`). Instances of the burstable families that work above their baseline all the time cost
 * $0.04 a vCPU-hour more.
 * A parameter over 4 KB costs $0.05 a month.
 *
 * These are prices of _us-east-1_; see the [pricing of EC2](https://aws.amazon.com/ec2/pricing/on-demand/).
 */
export class Asg extends $util.ComponentResource {
  readonly #name: string;
  readonly #role: aws.iam.Role;
  readonly #deployed: ReturnType<typeof deploy> | undefined;

  /**
   * @param name Unique in the app.
   * @param args See {@link AsgArgs}.
   * @throws When an argument is wrong; the message says which and what is allowed.
   */
  constructor(name: string, args: AsgArgs, opts: $util.ComponentResourceOptions = {}) {
    super("steadfast:aws:Asg", name, {}, opts);
    const settings = resolveSettings(name, args);
    this.#name = name;
    if ($dev && args.dev !== false) {
      this.#role = createDevRole({ name, args, links: settings.links, parent: this });
      createDevCommand(name, args, this.#role, this);
    } else {
      this.#deployed = deploy(name, deployable(name, args), settings, this, opts.dependsOn);
      this.#role = this.#deployed.role;
    }
    this.registerOutputs({});
  }

  /** ID of the instances' security group. Not in `sst dev`. */
  get securityGroup(): $util.Output<string> {
    return this.nodes.securityGroup.id;
  }

  /**
   * A shell command that opens a session on one of the instances, by Session Manager.
   * Not in `sst dev`.
   */
  get shell(): $util.Output<string> {
    const { name: group } = this.nodes.autoScalingGroup;
    const region = aws.getRegionOutput({}, { parent: this }).name;
    const instance = $interpolate`aws autoscaling describe-auto-scaling-groups --region ${region} --auto-scaling-group-names ${group} --query 'AutoScalingGroups[0].Instances[0].InstanceId' --output text`;
    return $interpolate`aws ssm start-session --region ${region} --target "$(${instance})"`;
  }

  /** The underlying resources. All but `role` exist outside `sst dev` only. */
  get nodes() {
    const only = <K extends keyof ReturnType<typeof deploy>>(
      key: K,
    ): ReturnType<typeof deploy>[K] => {
      if (this.#deployed) return this.#deployed[key];
      throw new ArgumentError(
        `"nodes.${key}" of "${this.#name}" does not exist in sst dev, where the service runs on this machine.`,
      );
    };
    const role = this.#role;
    return {
      /** The role of the instances, or of the developer's command. */
      role,
      /** The group. */
      get autoScalingGroup() {
        return only("autoScalingGroup");
      },
      /** The launch template. */
      get launchTemplate() {
        return only("launchTemplate");
      },
      /** The instances' security group. */
      get securityGroup() {
        return only("securityGroup");
      },
      /** The parameter with links and environment. */
      get parameter() {
        return only("parameter");
      },
      /** The alarms on what clients see, the composite one first where there is one. */
      get alarms() {
        return only("alarms");
      },
    };
  }
}

function createDevCommand(name: string, args: AsgArgs, role: aws.iam.Role, parent: $util.Resource) {
  if (!args.dev)
    throw new ArgumentError(
      `"dev" of "${name}" is missing; say which command sst dev runs, or "dev: false" to deploy instances.`,
    );
  const { environment, ...dev } = args.dev;
  new sst.x.DevCommand(
    `${name}Dev`,
    {
      dev: { title: name, ...dev },
      link: [...(args.link ?? [])],
      environment: { ...args.environment, ...environment },
      aws: { role: role.arn },
    },
    { parent },
  );
}

function deployable(name: string, args: AsgArgs): DeployedAsgArgs {
  const { vpc, artifact } = args;
  if (!vpc) throw new ArgumentError(`"vpc" of "${name}" is missing; say where the instances run.`);
  if (!artifact)
    throw new ArgumentError(`"artifact" of "${name}" is missing; say what the instances run.`);
  return { ...args, vpc, artifact };
}

function deploy(
  name: string,
  args: DeployedAsgArgs,
  settings: Settings,
  parent: Asg,
  dependsOn: $util.ComponentResourceOptions["dependsOn"],
) {
  const { artifact, target } = args;
  const group = fixedName(name, "aws:autoscaling/group:Group");
  const hook = `${name}Drain`;
  const parameter = createLinksParameter(name, args, settings.links, parent);
  const { role, profile, granted } = createInstanceRole(
    { name, args, links: settings.links, parent },
    { artifact, parameterArn: parameter.arn, group },
  );
  const { securityGroup, rules } = createSecurityGroup(name, args, parent);
  const { instances, disk, drain } = settings;
  const launchTemplate = createLaunchTemplate({
    name,
    args,
    instances,
    disk,
    drain,
    parameter,
    profile,
    securityGroup,
    group,
    hook,
    parent,
  });
  const { alarms, watched } = target
    ? createRolloutAlarms(name, args, target, parent)
    : { alarms: [], watched: [] };
  const {
    group: autoScalingGroup,
    desired,
    preferences,
  } = createGroup({
    name,
    args,
    settings,
    group,
    hook,
    launchTemplate,
    alarms: (args.rollout?.alarms ?? true) ? watched : [],
    parent,
    dependsOn: [...granted, ...rules, ...[dependsOn ?? []].flat()] as $util.Input<$util.Resource>[],
  });
  createScalingPolicies(name, args, settings.scaling, autoScalingGroup, parent);
  const rollout = new Rollout(
    `${name}Rollout`,
    {
      group: autoScalingGroup.name,
      region: aws.getRegionOutput({}, { parent }).name,
      version: templateVersion(launchTemplate),
      desired,
      preferences,
      targetGroup: target?.arn ?? "",
      instanceTypes: [...instances],
      leastServing: settings.leastServing,
      timeoutSeconds: settings.timeout,
    },
    { parent, dependsOn: [autoScalingGroup] },
  );
  return { role, parameter, securityGroup, launchTemplate, autoScalingGroup, rollout, alarms };
}
