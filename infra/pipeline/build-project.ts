import { type PrivateBucket, uniqueName } from "sst-ec2";
import { type Duration, toSeconds } from "sst-ec2/helpers";
import { allow, type Statement, serviceRole } from "../policies/service-role.ts";
import { SOURCE } from "./actions.ts";

/** What a pipeline's projects share. */
export interface Shared {
  /** Holds sources and build caches. */
  bucket: PrivateBucket;
  logRetention: Duration;
  parent: $util.Resource;
}

export interface BuildProjectArgs extends Shared {
  /** File in `infra/pipeline/buildspecs/`. */
  buildspec: string;
  description: string;
  architecture: "arm64" | "x86_64";
  /** Nothing secret. */
  environment?: Record<string, $util.Input<string>>;
  /** Timeout in minutes. @default 30 */
  minutes?: number;
  /** For what the build does, beyond its own logs, source and cache. */
  permissions?: Statement[];
  /** ARN of an existing role. @default a role of its own */
  role?: $util.Input<string>;
  /** The project's own source. @default the pipeline's */
  source?: Pick<aws.types.input.codebuild.ProjectSource, "type" | "location" | "gitCloneDepth">;
}

export interface BuildProject {
  project: aws.codebuild.Project;
  /** What must exist before the first build. */
  granted: $util.Resource[];
}

/** The project pins its own tools. */
const IMAGES = {
  arm64: { type: "ARM_CONTAINER", image: "aws/codebuild/amazonlinux-aarch64-standard:3.0" },
  x86_64: { type: "LINUX_CONTAINER", image: "aws/codebuild/amazonlinux-x86_64-standard:6.0" },
} as const;

/**
 * A CodeBuild project with its own role, log group and cache, on two vCPUs and 4 GB.
 *
 * #### Cost
 * $0.005 a minute (x86-64) or $0.0034 (arm64), the first 100 of a month free; logs $0.50 a GB.
 */
export function buildProject(name: string, args: BuildProjectArgs): BuildProject {
  const { parent } = args;
  const logs = new aws.cloudwatch.LogGroup(
    `${name}Logs`,
    {
      name: `/${$app.name}/${$app.stage}/${args.buildspec.replace(".yml", "")}`,
      retentionInDays: toSeconds(args.logRetention, "logRetention") / 86_400,
    },
    { parent },
  );
  const { arn, granted } = args.role
    ? { arn: args.role, granted: [] }
    : buildRole(name, args, logs);
  const project = new aws.codebuild.Project(
    uniqueName(name, "aws:codebuild/project:Project"),
    {
      description: args.description,
      serviceRole: arn,
      source: {
        ...(args.source ?? { type: "CODEPIPELINE" }),
        buildspec: `infra/pipeline/buildspecs/${args.buildspec}`,
      },
      artifacts: { type: args.source ? "NO_ARTIFACTS" : "CODEPIPELINE" },
      environment: {
        ...IMAGES[args.architecture],
        computeType: "BUILD_GENERAL1_SMALL",
        environmentVariables: Object.entries(args.environment ?? {}).map(([key, value]) => ({
          name: key,
          value,
        })),
      },
      cache: { type: "S3", location: $interpolate`${args.bucket.name}/${cacheOf(name)}` },
      logsConfig: { cloudwatchLogs: { status: "ENABLED", groupName: logs.name } },
      buildTimeout: args.minutes ?? 30,
    },
    { parent, dependsOn: granted },
  );
  return { project, granted };
}

/** What tests leave there must not reach a deploy. */
function cacheOf(name: string): string {
  return `cache/${name}`;
}

function buildRole(name: string, args: BuildProjectArgs, logs: aws.cloudwatch.LogGroup) {
  const { bucket, parent, permissions = [] } = args;
  const role = serviceRole(`${name}Role`, "codebuild.amazonaws.com", parent);
  const own = allow(`${name}Policy`, role, parent, [
    {
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [$interpolate`${logs.arn}:*`],
    },
    { actions: ["s3:GetBucketAcl", "s3:GetBucketLocation"], resources: [bucket.arn] },
    {
      actions: ["s3:GetObject", "s3:PutObject"],
      resources: [$interpolate`${bucket.arn}/${cacheOf(name)}/*`],
    },
    // CodePipeline stores the source under its name, cut to 20 characters.
    ...(args.source
      ? []
      : [
          {
            actions: ["s3:GetObject", "s3:GetObjectVersion"],
            resources: [$interpolate`${bucket.arn}/*/${SOURCE}/*`],
          },
        ]),
    ...permissions,
  ]);
  return { arn: role.arn, granted: [own] };
}
