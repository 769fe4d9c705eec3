/** Arguments of {@link Asg}. */

import type { AlbTarget } from "../alb/args.ts";
import type { ArchiveRef } from "../boot/args.ts";
import type { Duration } from "../sst/duration.ts";
import type { Permission } from "../sst/link.ts";
import type { Transform } from "../sst/transform.ts";
import type { Architecture } from "./instance-type.ts";

/** An archive, of which the upload may still go on. */
export type ArchiveInput = { [Key in keyof ArchiveRef]: $util.Input<ArchiveRef[Key]> };

/** What an instance runs: two archives in a bucket. */
export interface AsgArtifact {
  /** Name of the bucket. */
  bucket: $util.Input<string>;
  /** Processor architecture that the archives were built for. */
  architecture: Architecture;
  /** The Node.js runtime, in a folder of its own, too. */
  runtime: ArchiveInput;
  /** The application, in a folder of its own, of which the instances may read everything. */
  app: ArchiveInput;
}

export interface AsgArgs {
  /**
   * Where the instances run: the VPC, and the subnets in it, which should be in two zones or more.
   * Not needed in `sst dev`.
   * @default None: a deploy stops with an error.
   * @example
   * ```js
   * { vpc: { id: vpc.id, subnets: vpc.privateSubnets } }
   * ```
   */
  vpc?:
    | {
        /** ID of the VPC. */
        id: $util.Input<string>;
        /** IDs of the subnets. */
        subnets: $util.Input<$util.Input<string>[]>;
        /**
         * Give each instance a public address, which one in a public subnet needs to reach AWS.
         * @default `false`
         */
        publicIp?: boolean;
      }
    | undefined;
  /**
   * What the instances run. Not needed in `sst dev`.
   * @default None: a deploy stops with an error.
   * @example
   * ```js
   * { artifact: { bucket, architecture: "arm64", runtime, app } }
   * ```
   */
  artifact?: AsgArtifact | undefined;
  /**
   * A place behind a balancer. Without it, nothing can connect to the instances. EC2's own checks
   * decide about their health then.
   *
   * With or without, each instance looks after its processes: one whose event loop hangs for a
   * quarter of a minute is restarted, and an instance on which three restarts did not help is replaced.
   * @default No balancer.
   * @example
   * ```js
   * { target: alb.target("Api", { port: 3000 }) }
   * ```
   */
  target?: AlbTarget | undefined;
  /**
   * Instance types of the artifact's architecture, the most wanted first. With several, the group
   * takes the next one where AWS is short of the first.
   * @default `["t4g.micro"]`
   * @example
   * ```js
   * { instances: ["t4g.small", "t4g.medium"] }
   * ```
   */
  instances?: readonly string[];
  /**
   * Use Spot instances, which cost about a third and can be taken away at two minutes' notice; a
   * replacement is started as soon as AWS says that one is at risk.
   * @default Only on-demand instances.
   * @example
   * One instance on demand, the rest Spot:
   * ```js
   * { spot: { base: 1, percent: 100 } }
   * ```
   */
  spot?: {
    /** Instances on demand before any Spot instance is used. */
    base: number;
    /** Share of Spot instances above `base`, 1 to 100. */
    percent: number;
  };
  /**
   * How many instances there are, and when.
   * @default `{ min: 1, max: 1 }`
   * @example
   * ```js
   * { scaling: { min: 2, max: 6, cpu: 60, requests: 3000 } }
   * ```
   */
  scaling?: AsgScaling;
  /**
   * [Link resources](https://sst.dev/docs/linking): what the instances' role may do, and what
   * `Resource` knows in the service. An entry that cannot be linked is an error.
   * @default `[]`
   * @example
   * ```js
   * { link: [table] }
   * ```
   */
  link?: readonly unknown[];
  /**
   * Environment variables of the service. They may be secret: with the links they are kept in one
   * encrypted SSM parameter, 8 KB at most, which the instance reads when the service starts. What
   * instances set themselves, such as `PORT` and `DRAIN_SECONDS`, is refused.
   * @default `{}`
   * @example
   * ```js
   * { environment: { LOG_LEVEL: "info" } }
   * ```
   */
  environment?: Record<string, $util.Input<string>>;
  /**
   * More IAM statements for the instances' role.
   * @default `[]`
   * @example
   * ```js
   * { permissions: [{ actions: ["s3:GetObject"], resources: [$interpolate`${bucket.arn}/*`] }] }
   * ```
   */
  permissions?: Pick<Permission, "actions" | "resources" | "conditions">[];
  /**
   * Where instances may connect to: TCP ports and IPv4 ranges. HTTPS to anywhere is what AWS's APIs
   * need; they have no fixed addresses.
   * @default `[{ port: 443, cidr: "0.0.0.0/0" }]`
   * @example
   * ```js
   * { egress: [{ port: 443, cidr: "0.0.0.0/0" }, { port: 5432, cidr: "10.0.0.0/16" }] }
   * ```
   */
  egress?: { port: number; cidr: string }[];
  /**
   * What else the instances connect to inside the VPC, by security group. Both sides get a rule: out
   * of the instances, and into what they connect to.
   * @default `[]`
   * @example
   * ```js
   * { connectsTo: [{ name: "Postgres", port: 5432, securityGroup: database.securityGroup }] }
   * ```
   */
  connectsTo?: readonly { name: string; port: number; securityGroup: $util.Input<string> }[];
  /**
   * Processes of the service on each instance, 1 to 256.
   * @default One a vCPU.
   * @example
   * ```js
   * { processes: 1 }
   * ```
   */
  processes?: number;
  /**
   * Time from start to service: how long a new instance's failing health checks and its load are not
   * counted.
   * @default `"90 seconds"`
   * @example
   * ```js
   * { warmup: "2 minutes" }
   * ```
   */
  warmup?: Duration;
  /**
   * How long an instance serves on after it was told to stop, 0 to 300 seconds. Should not be less
   * than the target's deregistration delay.
   * @default `"30 seconds"`
   * @example
   * ```js
   * { drain: "1 minute" }
   * ```
   */
  drain?: Duration;
  /**
   * Age at which an instance is replaced, 1 to 365 days: nothing on it grows old, and updates of the
   * operating system arrive with the next deploy at the latest.
   * @default Not limited.
   * @example
   * ```js
   * { maxInstanceLifetime: "30 days" }
   * ```
   */
  maxInstanceLifetime?: Duration;
  /**
   * ID of the machine image. It must have what Amazon Linux 2023 has.
   * @default The newest Amazon Linux 2023 at the time of the deploy. A newer one replaces the
   * instances as a new version of the service does.
   * @example
   * ```js
   * { ami: "ami-0123456789abcdef0" }
   * ```
   */
  ami?: $util.Input<string>;
  /**
   * Size of the encrypted gp3 disk in GB, 8 to 16384.
   * @default `8`
   * @example
   * ```js
   * { disk: 20 }
   * ```
   */
  disk?: number;
  /**
   * Metrics of an instance every minute instead of every five.
   * @default `false`
   * @example
   * ```js
   * { detailedMonitoring: true }
   * ```
   */
  detailedMonitoring?: boolean;
  /**
   * ARNs of what is told when one of this service's alarms begins and ends, such as SNS topics.
   * @default `[]`
   * @example
   * ```js
   * { alarmActions: [topic.arn] }
   * ```
   */
  alarmActions?: $util.Input<string>[];
  /**
   * Write what the service logs also to `/var/log/<service>/<service>.log`, line by line, for an agent
   * that sends it away. The file is bounded, and the service neither knows of it nor waits for it.
   * @default `false`
   * @example
   * ```js
   * { logFile: true }
   * ```
   */
  logFile?: boolean;
  /**
   * How a new version replaces the one that runs.
   * @default `{ timeout: "20 minutes", healthyPercentage: [100, 200], alarms: true }`
   * @example
   * ```js
   * { rollout: { timeout: "30 minutes" } }
   * ```
   */
  rollout?: {
    /**
     * How long the deploy waits, 1 minute to 12 hours. A rollout that takes longer is rolled back.
     * @default `"20 minutes"`
     * @example
     * ```js
     * { timeout: "30 minutes" }
     * ```
     */
    timeout?: Duration;
    /**
     * Least and most instances during a replacement, in percent of the wanted number. With
     * `[100, 200]` new instances start before old ones stop; `[0, 100]` is for a service of which
     * two must never run at once. AWS takes 0 to 100 and 100 to 200, at most 100 apart.
     * @default `[100, 200]`
     * @example
     * ```js
     * { healthyPercentage: [0, 100] }
     * ```
     */
    healthyPercentage?: readonly [number, number];
    /**
     * How many instances must serve during a replacement even where the account's vCPU quota has no
     * room for one more, 0 to 100. With fewer than that a rollout is refused, and says what to ask AWS
     * for.
     * @default `1`: a service of one instance is never interrupted, one of two or more has one less.
     * @example
     * ```js
     * { leastServing: 0 }
     * ```
     */
    leastServing?: number;
    /**
     * Roll back when this service's alarms (errors, sick instances) fire. They are there in any case.
     * Those that fire when a rollout begins, and all of them while instances of the running version are
     * sick, are not watched: they would stop what mends them.
     * @default `true`, for a service with a `target`.
     * @example
     * ```js
     * { alarms: false }
     * ```
     */
    alarms?: boolean;
    /**
     * Further alarms to roll back on, next to this service's own two; eight at most, for AWS watches ten.
     * @default `[]`
     * @example
     * ```js
     * { watch: [slowAnswers] }
     * ```
     */
    watch?: aws.cloudwatch.MetricAlarm[];
    /**
     * Put all of these alarms into a composite one, `<name>Failing`, which alone goes to
     * `alarmActions`: one outage is one message. A rollout watches the alarms themselves. It costs $0.50
     * a month.
     * @default `false`
     * @example
     * ```js
     * { composite: true }
     * ```
     */
    composite?: boolean;
  };
  /**
   * What `sst dev` runs instead of instances, or `false` to deploy the same as without `sst dev`.
   * @default None: `sst dev` stops with an error.
   * @example
   * ```js
   * { dev: { command: "npm run dev", directory: "packages/api" } }
   * ```
   */
  dev?:
    | false
    | {
        /** The command. */
        command: string;
        /**
         * Directory to run it in.
         * @default The project's root.
         */
        directory?: string;
        /**
         * Variables for the command, besides `environment`.
         * @default `{}`
         */
        environment?: Record<string, $util.Input<string>>;
        /**
         * Start with `sst dev`.
         * @default `true`
         */
        autostart?: boolean;
      };
  /** [Transform](https://sst.dev/docs/components#transform) the resources of this component. */
  transform?: {
    /** The group. */
    autoScalingGroup?: Transform<aws.autoscaling.GroupArgs>;
    /** The launch template. */
    launchTemplate?: Transform<aws.ec2.LaunchTemplateArgs>;
    /** The instances' role. */
    role?: Transform<aws.iam.RoleArgs>;
    /** The role's policy. */
    policy?: Transform<aws.iam.RolePolicyArgs>;
    /** The instance profile. */
    instanceProfile?: Transform<aws.iam.InstanceProfileArgs>;
    /** The instances' security group. */
    securityGroup?: Transform<aws.ec2.SecurityGroupArgs>;
    /** Each rule that lets the balancer into the instances, or the instances into `connectsTo`. */
    ingressRule?: Transform<aws.vpc.SecurityGroupIngressRuleArgs>;
    /** Each rule that lets the instances out, or the balancer out to them. */
    egressRule?: Transform<aws.vpc.SecurityGroupEgressRuleArgs>;
    /** The parameter with links and environment. */
    parameter?: Transform<aws.ssm.ParameterArgs>;
    /** Each scaling policy. */
    scalingPolicy?: Transform<aws.autoscaling.PolicyArgs>;
    /** Each alarm. */
    alarm?: Transform<aws.cloudwatch.MetricAlarmArgs>;
    /** The alarm over those that a rollout watches. */
    compositeAlarm?: Transform<aws.cloudwatch.CompositeAlarmArgs>;
    /** The hook that lets terminations wait for the drain. */
    lifecycleHook?: Transform<aws.autoscaling.LifecycleHookArgs>;
  };
}

/** With what a deploy needs and `sst dev` does not. */
export type DeployedAsgArgs = AsgArgs & {
  [Key in "vpc" | "artifact"]: NonNullable<AsgArgs[Key]>;
};

/** How many instances there are, and when. */
export interface AsgScaling {
  /**
   * Least instances.
   * @default `1`
   * @example
   * ```js
   * { min: 2 }
   * ```
   */
  min?: number;
  /**
   * Most instances, not less than `min`. With `max` equal to `min` nothing scales.
   * @default `min`
   * @example
   * ```js
   * { max: 6 }
   * ```
   */
  max?: number;
  /**
   * Average CPU use in percent that is kept by adding and removing instances, or `false`.
   * @default `60`, or `false` where `steps` is given.
   * @example
   * ```js
   * { cpu: 40 }
   * ```
   */
  cpu?: number | false;
  /**
   * Requests a minute and instance that are kept likewise. Needs `target`.
   * @default `false`
   * @example
   * ```js
   * { requests: 3000 }
   * ```
   */
  requests?: number | false;
  /**
   * Instead of keeping a value: one instance more after a minute with CPU use above `above` percent,
   * one less after a minute below `below` percent.
   * @default `false`
   * @example
   * ```js
   * { min: 1, max: 4, steps: { above: 5, below: 1 } }
   * ```
   */
  steps?: { above: number; below: number } | false;
  /**
   * Meet load that comes all at once, besides keeping `cpu`: after one minute above 70 % of CPU use the
   * group grows by a half, above 85 % to three times its size, up to `max`. Keeping a value alone waits
   * for three minutes. Needs `detailedMonitoring`. Its alarm costs $0.10 a month.
   * @default `true` with `detailedMonitoring` where `cpu` is kept below 70, else `false`.
   * @example
   * ```js
   * { surge: false }
   * ```
   */
  surge?: boolean;
}
