/** Arguments of {@link Service}. */

import type { Alb } from "../alb/alb.ts";
import type { AlbHealth, AlbRule, AlbTarget, AlbTargetArgs } from "../alb/args.ts";
import type { Artifacts } from "../artifact/artifacts.ts";
import type { NodejsArgs } from "../artifact/build-artifact.ts";
import type { ArchiveRef, PlainProgram } from "../boot/args.ts";
import type { ImageSource } from "../image/source.ts";
import type { Duration } from "../sst/duration.ts";
import type { Permission } from "../sst/link.ts";
import type { Transform } from "../sst/transform.ts";
import type { Architecture } from "./instance-type.ts";
import type { ServiceLogging } from "./logging.ts";

/** An archive, of which the upload may still go on. */
export type ArchiveInput = { [Key in keyof ArchiveRef]: $util.Input<ArchiveRef[Key]> };

/** What an instance runs: two archives in a bucket, and how the service starts. */
export interface Artifact {
  /** Name of the bucket. */
  bucket: $util.Input<string>;
  /** Processor architecture that the archives were built for. */
  architecture: Architecture;
  /** The Node.js runtime, in a folder of its own, too; for programs that need it. */
  runtime?: ArchiveInput | undefined;
  /** The application, in a folder of its own, of which the instances may read everything. */
  app: ArchiveInput;
  /** The words of the command: `$APP` and `$RUNTIME` are the folders of the archives. */
  start: $util.Input<readonly string[]>;
  /** How a program runs that has no preload. */
  plain?: $util.Input<PlainProgram> | undefined;
}

export interface ServiceArgs {
  /**
   * Where the instances run: an `sst.aws.Vpc`, or the IDs of a VPC and of subnets in it, which should
   * be in two zones or more. Of an `sst.aws.Vpc` they are the private subnets where it has NAT, else
   * the public ones, with a public address for each instance. Not needed in `sst dev`.
   * @default None: a deploy stops with an error.
   * @example
   * ```js
   * { vpc: new sst.aws.Vpc("Vpc") }
   * ```
   */
  vpc?: sst.aws.Vpc | ServiceVpc | undefined;
  /**
   * The program, relative to `sst.config.ts`, in JavaScript or TypeScript. SST's own builder bundles
   * it as it bundles functions; `nodejs` changes how. It listens on `process.env.PORT` and answers at
   * `health.path`; a worker does neither.
   * @default None: give `bundle`.
   * @example
   * ```js
   * { entry: "src/server.ts" }
   * ```
   */
  entry?: string;
  /**
   * A folder that is built already, instead of `entry`. `command` says how it starts.
   * @default None: give `entry`.
   * @example
   * ```js
   * { bundle: "dist", command: ["node", "server.mjs"] }
   * ```
   */
  bundle?: $util.Input<string>;
  /**
   * A container image, instead of `entry`: a folder with a Dockerfile, or the reference of an image that the
   * machine that deploys can pull. It is built there, with Docker, Podman or Buildah, and becomes an archive
   * like any other: instances need neither a registry nor a container engine. What runs is its
   * `ENTRYPOINT` with its `CMD`, or with `command` instead; its `ENV`, `USER`, `WORKDIR` and `STOPSIGNAL` hold.
   *
   * It is not Docker: the ports are the instance's, and `EXPOSE` says nothing, `PORT` does; the files are on the
   * instance's disk, without layers, and keep what is written to them until the instance goes; `HEALTHCHECK`
   * and `VOLUME` are ignored, the balancer asks for health. As root the image runs with nine capabilities.
   * It listens by itself, in one process, and has what `command` of another language has.
   * @default None: give `entry`.
   * @example
   * ```js
   * { image: { context: "./service" } }
   * ```
   * ```js
   * { image: "ghcr.io/acme/service:1.2.3" }
   * ```
   */
  image?: ImageSource;
  /**
   * Whether a program of `command` takes its listening socket from systemd (`LISTEN_FDS`), as Go, Rust and Python
   * have libraries for. Then there is a process a vCPU, and a process that restarts loses no connection. Else it
   * listens on `PORT` by itself, in one process. Node.js programs always get the socket.
   * @default `false`
   * @example
   * ```js
   * { bundle: "target/release", command: ["./server"], socket: true }
   * ```
   */
  socket?: boolean;
  /**
   * How the service starts, where `entry` does not say so: a program of the archive and its arguments,
   * in the archive's folder. `node` is the Node.js that comes with the service, and `./preload.mjs` what makes
   * an unmodified program of Node.js fit for an instance.
   *
   * A program in another language, such as `["./server"]`, has its own runtime in the archive. It does without what
   * the preload does: the balancer learns of a shutdown from the group and not from the program, which is told to stop
   * when the drain is over; it has to keep connections for longer than the balancer's 60 seconds by itself; one that
   * hangs is not restarted; and its links are in its environment, where whoever is root or its user can read them.
   * @default `["node", "--import", "./preload.mjs", "./server.mjs"]`, what `entry` builds.
   * @example
   * ```js
   * { bundle: ".next/standalone", command: ["node", "--import", "./preload.mjs", "./server.js"] }
   * ```
   * ```js
   * { bundle: "target/release", command: ["./server", "--verbose"] }
   * ```
   */
  command?: readonly string[];
  /**
   * How SST's builder bundles `entry`: the same as `nodejs` of `sst.aws.Function`.
   * @default `{}`
   * @example
   * ```js
   * { nodejs: { install: ["sharp"], esbuild: { external: ["pg-native"] } } }
   * ```
   */
  nodejs?: NodejsArgs;
  /**
   * What runs around the build: `postbuild` gets the folder and may add files to it.
   * @default `{}`
   * @example
   * ```js
   * { hook: { postbuild: async (folder) => cp("views", `${folder}/views`, { recursive: true }) } }
   * ```
   */
  hook?: { postbuild?(folder: string): Promise<void> };
  /**
   * Where the archives go, for who must know the bucket.
   * @default One bucket for all services of the app.
   * @example
   * ```js
   * { artifacts: new Artifacts("Artifacts", { retain: true }) }
   * ```
   */
  artifacts?: Artifacts;
  /**
   * The port that the program listens on, in its environment as `PORT`.
   * @default That of the rules' `forward`, else `3000`.
   * @example
   * ```js
   * { port: 8080 }
   * ```
   */
  port?: number;
  /**
   * The balancer, and what it sends to the service. Without it, nothing can connect to the instances:
   * a worker. EC2's own checks decide about their health then.
   *
   * With or without, each instance looks after its processes: one whose event loop hangs for a
   * quarter of a minute is restarted, and an instance on which three restarts did not help is replaced.
   * @default No balancer.
   * @example
   * ```js
   * {
   *   loadBalancer: {
   *     instance: alb,
   *     rules: [{ listen: "443/https", conditions: { path: "/api/*" } }]
   *   }
   * }
   * ```
   */
  loadBalancer?: ServiceLoadBalancer | undefined;
  /**
   * How it is found out whether the service can serve: by the balancer, all the time, and by a new
   * instance, before it counts as started.
   *
   * The defaults are quick: a dead instance gets no requests after 7 to 12 seconds, and one that is
   * shut down without a word to the balancer is out after ten at most. So the path must tell of the
   * instance alone. A service that asks there for something that every instance needs, such as a
   * database, would lose all of them at once when that is away for ten seconds.
   * @default `{ path: "/", interval: "5 seconds", timeout: "2 seconds", healthyThreshold: 2, unhealthyThreshold: 2, startPeriod: "1 minute" }`
   * @example
   * ```js
   * { health: { path: "/health" } }
   * ```
   */
  health?: ServiceHealth;
  /**
   * Instance types, all of one processor architecture, the most wanted first. With several, the group
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
   * replacement is started as soon as AWS says that one is at risk. `"spot"` is all of them.
   * @default Only on-demand instances.
   * @example
   * One instance on demand, the rest Spot:
   * ```js
   * { capacity: { base: 1, spot: 100 } }
   * ```
   */
  capacity?:
    | "spot"
    | {
        /** Instances on demand before any Spot instance is used. */
        base: number;
        /** Share of Spot instances above `base`, 1 to 100 percent. */
        spot: number;
      };
  /**
   * How many instances there are, and when.
   * @default `{ min: 1, max: 1 }`
   * @example
   * ```js
   * { scaling: { min: 2, max: 6, cpuUtilization: 60, requestCount: 3000 } }
   * ```
   */
  scaling?: ServiceScaling;
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
   * How long an instance serves on after it was told to stop, 0 to 300 seconds, and how long the
   * balancer waits for what is under way with one that it has taken out.
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
   * Where what the service writes to its standard output goes: a log group of CloudWatch, with a stream
   * for each instance. `false` keeps it in the journals of the instances, which go with them. The
   * CloudWatch agent sends it; each instance installs it from Amazon Linux's own repository, beside the
   * service, which knows nothing of it and waits for nothing.
   *
   * **Cost** $0.50 a GB that comes in and $0.03 a GB and month; an account's first 5 GB a month are free.
   * @default `{ retention: "1 month" }`
   * @example
   * ```js
   * { logging: { retention: "1 week" } }
   * ```
   * ```js
   * { logging: false }
   * ```
   */
  logging?: ServiceLogging | false;
  /**
   * Measure the memory in use, which EC2 does not: `mem_used_percent` by the group's name, each minute,
   * in CloudWatch's namespace `CWAgent` or another one. Its maximum is the fullest instance.
   *
   * **Cost** $0.30 a month, and $0.44 an instance for the calls.
   * @default `false`
   * @example
   * ```js
   * { memoryMetric: { namespace: "Shop" } }
   * ```
   */
  memoryMetric?: boolean | { namespace: string };
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
     * @default `true`, for a service with a `loadBalancer`.
     * @example
     * ```js
     * { alarms: false }
     * ```
     */
    alarms?: boolean;
    /**
     * Further alarms to roll back on, next to this service's own two; eight at most, for AWS watches ten.
     * A function gets the service's place behind the balancer, whose metrics they may be on.
     * @default `[]`
     * @example
     * ```js
     * { watch: [slowAnswers] }
     * ```
     */
    watch?: aws.cloudwatch.MetricAlarm[] | ((target: AlbTarget) => aws.cloudwatch.MetricAlarm[]);
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
         * What `url` is in `sst dev`.
         * @default None.
         */
        url?: $util.Input<string>;
        /**
         * Start with `sst dev`.
         * @default `true`
         */
        autostart?: boolean;
      };
  /**
   * Parameters of SSM by their ARNs: variables of the service that the instance reads when the service
   * starts. Their values are in no state and no parameter of ours.
   * @default `{}`
   * @example
   * ```js
   * { ssm: { DATABASE_URL: "arn:aws:ssm:us-east-1:123456789012:parameter/database" } }
   * ```
   */
  ssm?: Record<string, $util.Input<string>>;
  /**
   * Whether a deploy waits until the new version serves, and fails when it does not. `false` starts
   * the rollout and does not look at what becomes of it.
   * @default `true`
   * @example
   * ```js
   * { wait: false }
   * ```
   */
  wait?: boolean;
  /** [Transform](https://sst.dev/docs/components#transform) the resources of this component. */
  transform?: {
    /** The target group. */
    targetGroup?: Transform<aws.lb.TargetGroupArgs>;
    /** Each rule of the balancer's listeners. */
    rule?: Transform<aws.lb.ListenerRuleArgs>;
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
    /** The log group. */
    logGroup?: Transform<aws.cloudwatch.LogGroupArgs>;
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

/** IDs of a VPC. */
export interface ServiceVpc {
  /** ID of the VPC. */
  id: $util.Input<string>;
  /** IDs of the subnets. */
  subnets: $util.Input<$util.Input<string>[]>;
  /**
   * Give each instance a public address, which one in a public subnet needs to reach AWS.
   * @default `false`
   */
  publicIp?: $util.Input<boolean>;
}

/** A service's place behind a balancer. */
export interface ServiceLoadBalancer extends Pick<AlbTargetArgs, "algorithm" | "slowStart"> {
  /** The balancer: an `Alb` of this library or, from SST 4.5 on, an `sst.aws.Alb`. */
  instance: Alb | ForeignAlb;
  /** What of its requests the service gets, one rule or more. */
  rules: readonly [AlbRule, ...AlbRule[]];
}

/** An `sst.aws.Alb`, of which SST 3 knows nothing. */
export interface ForeignAlb {
  nodes: { loadBalancer: aws.lb.LoadBalancer; securityGroup: aws.ec2.SecurityGroup };
  getListener(protocol: string, port: number): aws.lb.Listener;
  url: $util.Output<string>;
}

/** How it is found out whether a service can serve. */
export interface ServiceHealth extends AlbHealth {
  /**
   * How a new instance finds out that its service has started: by HTTP, at `path`, or by TCP: the service
   * takes connections on `PORT`. Without a balancer and without a `path` it is enough that the processes run
   * for five seconds. TCP is for services without a balancer: an Application Load Balancer asks by HTTP
   * alone, of whatever answers `successCodes` can be good.
   * @default `"http"`
   * @example
   * ```js
   * { protocol: "tcp" }
   * ```
   */
  protocol?: "http" | "tcp";
  /**
   * How long a new instance may take from the start of its first boot until it can serve, 10 to 900
   * seconds: the boot gives up then, and the group takes another instance. The group does not count
   * failing checks and the load of a new instance for this long and half a minute more.
   * @default `"1 minute"`
   * @example
   * ```js
   * { startPeriod: "2 minutes" }
   * ```
   */
  startPeriod?: Duration;
}

/** What of the arguments a deploy has found out, which `sst dev` does not need. */
export type DeployedArgs = Omit<ServiceArgs, "vpc"> & {
  vpc: ServiceVpc;
  artifact: Artifact;
  target: AlbTarget | undefined;
};

/** How many instances there are, and when. */
export interface ServiceScaling {
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
   * { cpuUtilization: 40 }
   * ```
   */
  cpuUtilization?: number | false;
  /**
   * Requests a minute and instance that are kept likewise. Needs `loadBalancer`.
   * @default `false`
   * @example
   * ```js
   * { requestCount: 3000 }
   * ```
   */
  requestCount?: number | false;
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
   * Meet load that comes all at once, besides keeping `cpuUtilization`: after one minute above 70 % of CPU use the
   * group grows by a half, above 85 % to three times its size, up to `max`. Keeping a value alone waits
   * for three minutes. Needs `detailedMonitoring`. Its alarm costs $0.10 a month.
   * @default `true` with `detailedMonitoring` where `cpuUtilization` is kept below 70, else
   * `false`.
   * @example
   * ```js
   * { surge: false }
   * ```
   */
  surge?: boolean;
}
