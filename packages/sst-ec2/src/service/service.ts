import type { AlbTarget } from "../alb/args.ts";
import { Rollout } from "../rollout/rollout.ts";
import { ArgumentError } from "../sst/argument-error.ts";
import { fixedName } from "../sst/naming.ts";
import { regionName } from "../sst/region.ts";
import { forTransform } from "../sst/transform.ts";
import { createRolloutAlarms } from "./alarms.ts";
import type { DeployedArgs, ServiceArgs, ServiceVpc } from "./args.ts";
import { createArtifact } from "./artifact.ts";
import { checkVpc } from "./checks.ts";
import { createGroup, templateVersion } from "./group.ts";
import { createLaunchTemplate, createLinksParameter } from "./launch-template.ts";
import { createLogging } from "./logging.ts";
import { createPlace } from "./place.ts";
import { createDevRole, createInstanceRole } from "./role.ts";
import { createScalingPolicies } from "./scaling.ts";
import { createSecurityGroup } from "./security-group.ts";
import { resolveSettings, type Settings } from "./settings.ts";

const TYPE = "sst-ec2:aws:Service";

/**
 * The `Service` component runs a program on EC2 instances of an Auto Scaling group, with SST's links,
 * and a deploy that waits until the new version serves.
 *
 * @example
 *
 * #### Behind a balancer
 *
 * The program listens on `process.env.PORT` and answers 200 on `/`; nothing else is asked of it.
 *
 * ```ts
 * const vpc = new sst.aws.Vpc("Vpc");
 * const alb = new Alb("Alb", { vpc });
 * new Service("Api", {
 *   vpc,
 *   entry: "src/server.ts",
 *   link: [table],
 *   loadBalancer: { instance: alb, rules: [{ listen: "80/http" }] },
 *   scaling: { min: 2, max: 6 },
 *   dev: { command: "npm run dev" },
 * });
 * ```
 *
 * #### A worker without a balancer
 *
 * ```ts
 * new Service("Worker", { vpc, entry: "src/worker.ts", link: [queue], processes: 1 });
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
 * $0.50, the one of `surge` $0.10, and $0.20 the two that AWS makes for each value that is kept
 * (`cpuUtilization`, `requestCount`). Logs cost $0.50 a GB beyond an account's first 5 GB a month, see
 * `logging`. Instances of the burstable families that work above their
 * baseline all the time cost $0.04 a vCPU-hour more.
 * A parameter over 4 KB costs $0.05 a month.
 *
 * These are prices of _us-east-1_; see the [pricing of EC2](https://aws.amazon.com/ec2/pricing/on-demand/).
 */
export class Service extends $util.ComponentResource {
  readonly #name: string;
  readonly #role: aws.iam.Role;
  readonly #deployed: Deployed | undefined;
  readonly #url: $util.Output<string> | undefined;

  /**
   * @param name Unique in the app: a letter, then up to 23 letters, digits and hyphens.
   * @param args See {@link ServiceArgs}.
   * @throws When an argument is wrong; the message says which and what is allowed.
   */
  constructor(name: string, args: ServiceArgs, opts: $util.ComponentResourceOptions = {}) {
    const own = { ...args };
    super(TYPE, name, forTransform(own), opts);
    const settings = resolveSettings(name, own);
    this.#name = name;
    if ($dev && own.dev !== false) {
      this.#role = createDevRole({ name, args: own, links: settings.links, parent: this });
      createDevCommand(name, own, this.#role, this);
      this.#url = own.dev?.url === undefined ? undefined : $util.output(own.dev.url);
    } else {
      const deployed = deployable(name, own, settings, this);
      this.#deployed = deploy(name, deployed, settings, this, opts.dependsOn);
      this.#role = this.#deployed.role;
      this.#url = own.loadBalancer?.instance.url;
    }
    this.registerOutputs({ _hint: this.#url });
  }

  /**
   * Address of the service: the balancer's, or `dev.url` in `sst dev`.
   *
   * @throws When it has no balancer, or `dev` no `url`.
   */
  get url(): $util.Output<string> {
    if (this.#url) return this.#url;
    throw new ArgumentError(
      this.#deployed
        ? `"url" of "${this.#name}" does not exist: it has no "loadBalancer".`
        : `"url" of "${this.#name}" does not exist in sst dev; say it in "dev.url".`,
    );
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
    const region = regionName(this);
    const instance = $interpolate`aws autoscaling describe-auto-scaling-groups --region ${region} --auto-scaling-group-names ${group} --query 'AutoScalingGroups[0].Instances[0].InstanceId' --output text`;
    return $interpolate`aws ssm start-session --region ${region} --target "$(${instance})"`;
  }

  /** The underlying resources. All but `role` exist outside `sst dev` only. */
  get nodes(): ServiceNodes {
    const role = this.#role;
    const deployed = this.#deployed;
    if (deployed) return { ...deployed, role };
    const name = this.#name;
    return new Proxy({ role } as ServiceNodes, {
      get(nodes, key) {
        if (key in nodes) return nodes[key as "role"];
        throw new ArgumentError(
          `"nodes.${String(key)}" of "${name}" does not exist in sst dev, where the service runs on this machine.`,
        );
      },
    });
  }

  /** @internal */
  getSSTLink(): { properties: { url?: $util.Output<string> } } {
    return { properties: this.#url ? { url: this.#url } : {} };
  }
}

Object.assign(Service, { __pulumiType: TYPE });

/** The resources of a `Service`. */
export interface ServiceNodes {
  /** The role of the instances, or of the developer's command. */
  role: aws.iam.Role;
  /** The group. */
  autoScalingGroup: aws.autoscaling.Group;
  /** The launch template. */
  launchTemplate: aws.ec2.LaunchTemplate;
  /** The instances' security group. */
  securityGroup: aws.ec2.SecurityGroup;
  /** The parameter with links and environment. */
  parameter: aws.ssm.Parameter;
  /** The log group. Undefined with `logging: false`. */
  logGroup: aws.cloudwatch.LogGroup | undefined;
  /** The alarms on what clients see, the composite one first where there is one. */
  alarms: (aws.cloudwatch.CompositeAlarm | aws.cloudwatch.MetricAlarm)[];
  /** The place behind the balancer: target group and names in CloudWatch. Undefined for a worker. */
  target: AlbTarget | undefined;
}

type Deployed = ReturnType<typeof deploy>;

function createDevCommand(
  name: string,
  args: ServiceArgs,
  role: aws.iam.Role,
  parent: $util.Resource,
) {
  if (!args.dev)
    throw new ArgumentError(
      `"dev" of "${name}" is missing; say which command sst dev runs, or "dev: false" to deploy instances.`,
    );
  const { environment, url: _, ...dev } = args.dev;
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

/**
 * What a deploy derives from the arguments: network, archives, and the place behind the balancer.
 */
function deployable(
  name: string,
  args: ServiceArgs,
  settings: Settings,
  parent: $util.Resource,
): DeployedArgs {
  const { vpc } = args;
  if (!vpc) throw new ArgumentError(`"vpc" of "${name}" is missing; say where the instances run.`);
  const artifact = createArtifact(name, args, settings);
  const target = args.loadBalancer && createPlace(name, args, settings, parent);
  return { ...args, vpc: networkOf(name, vpc), artifact, target };
}

/** For a whole VPC: the private subnets if they have internet access, otherwise the public ones. */
function networkOf(name: string, vpc: sst.aws.Vpc | ServiceVpc): ServiceVpc {
  if (!(vpc instanceof sst.aws.Vpc)) return checkVpc(name, vpc);
  const { natGateways, natInstances } = vpc.nodes;
  const hasNat = $util
    .all([natGateways, natInstances])
    .apply(([gateways, instances]) => gateways.length + instances.length > 0);
  return {
    id: vpc.id,
    subnets: $util
      .all([hasNat, vpc.privateSubnets, vpc.publicSubnets])
      .apply(([nat, inside, outside]) => (nat ? inside : outside)),
    publicIp: hasNat.apply((nat) => !nat),
  };
}

function deploy(
  name: string,
  args: DeployedArgs,
  settings: Settings,
  parent: $util.Resource,
  dependsOn: $util.ComponentResourceOptions["dependsOn"],
) {
  const { artifact, target } = args;
  const group = fixedName(name, "aws:autoscaling/group:Group");
  const hook = `${name}Drain`;
  const parameter = createLinksParameter(name, args, settings.links, parent);
  const logging = createLogging(name, args, settings, { group, parent });
  const { role, profile, granted } = createInstanceRole(
    { name, args, links: settings.links, parent },
    { artifact, parameterArn: parameter.arn, group, permissions: logging.permissions },
  );
  const { securityGroup, rules } = createSecurityGroup(name, args, parent);
  const launchTemplate = createLaunchTemplate({
    ...settings,
    name,
    args,
    logging,
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
      region: regionName(parent),
      version: templateVersion(launchTemplate),
      desired,
      preferences,
      targetGroup: target?.arn ?? "",
      instanceTypes: [...settings.instances],
      leastServing: settings.leastServing,
      timeoutSeconds: settings.timeout,
      wait: args.wait ?? true,
    },
    { parent, dependsOn: [autoScalingGroup] },
  );
  return {
    ...{ role, parameter, securityGroup, launchTemplate, autoScalingGroup, rollout, alarms },
    logGroup: logging.logGroup,
    target,
  };
}
