/** Where the pipeline gets the repository, and what starts it. */
import { uniqueName } from "sst-ec2";
import { allow, type Statement, serviceRole } from "../policies/service-role.ts";
import { here } from "../program/here.ts";
import { SOURCE, sourceAction } from "./actions.ts";
import { buildProject, type Shared } from "./build-project.ts";
import type { PipelineOptions, PipelineSource } from "./options.ts";

export interface SourceArgs extends Shared {
  options: PipelineOptions;
  /** The pipeline's name. */
  pipeline: string;
}

/** The pipeline's source stage and what belongs to it. */
export interface PipelineSourceStage {
  action: aws.types.input.codepipeline.PipelineStageAction;
  triggers: aws.types.input.codepipeline.PipelineTrigger[];
  /** What the pipeline's role needs for it. */
  permissions: Statement[];
  /** The revision, in the pipeline's variables, for people. */
  revision: string;
  /** The project that fetches the source, if there is one. */
  project?: aws.codebuild.Project;
  /** What a deploy prints. */
  outputs: Record<string, $util.Output<string>>;
}

/** The source stage that the stage's options ask for: see `PipelineSource`. */
export function sourceStage(args: SourceArgs): PipelineSourceStage {
  const { source } = args.options;
  if ("connection" in source) return fromConnection(args, source.connection);
  return fromCodeBuild(args, credentialOf(source));
}

/** CodeBuild's access to the repository; empty if it already has a credential. */
interface Credential {
  secret?: string;
  connection?: string;
}

function credentialOf(source: Exclude<PipelineSource, { connection: string }>): Credential {
  if ("secret" in source) return { secret: source.secret };
  return source.credential === "account" ? {} : { connection: source.credential };
}

/** CodePipeline fetches each push itself. */
function fromConnection({ options, parent }: SourceArgs, wanted: string): PipelineSourceStage {
  const { repository, branch, paths } = options;
  const made = wanted === "new" ? newConnection(options, parent) : undefined;
  const arn = made?.arn ?? wanted;
  const push = {
    branches: { includes: [branch] },
    ...(paths && {
      // A list must not be empty.
      filePaths: {
        ...(paths.includes && { includes: [...paths.includes] }),
        ...(paths.excludes && { excludes: [...paths.excludes] }),
      },
    }),
  };
  return {
    action: sourceAction("CodeStarSourceConnection", {
      ConnectionArn: arn,
      FullRepositoryId: repository,
      BranchName: branch,
      // The trigger starts it; both would start it twice.
      DetectChanges: "false",
    }),
    triggers: [
      {
        providerType: "CodeStarSourceConnection",
        gitConfiguration: { sourceActionName: SOURCE, pushes: [push] },
      },
    ],
    permissions: bothNames(arn, ["UseConnection"]),
    revision: `#{${SOURCE}.CommitId} (#{${SOURCE}.CommitMessage})`,
    outputs: made ? { connection: handshake(made, parent) } : {},
  };
}

/** The service was renamed, and AWS checks rights under the old name, the new one or both. */
function bothNames(arn: $util.Input<string>, verbs: readonly string[]): Statement[] {
  return ["codeconnections", "codestar-connections"].map((service) => ({
    actions: verbs.map((verb) => `${service}:${verb}`),
    resources: [
      $util
        .output(arn)
        .apply((text) => text.replace(/:(codeconnections|codestar-connections):/, `:${service}:`)),
    ],
  }));
}

function newConnection({ provider = "GitHub" }: PipelineOptions, parent: $util.Resource) {
  return new aws.codeconnections.Connection(
    uniqueName("Git", "aws:codeconnections/connection:Connection"),
    { providerType: provider },
    { parent },
  );
}

/**
 * A new connection waits for somebody with rights on the repository; a deploy cannot authorise it.
 */
function handshake(connection: aws.codeconnections.Connection, parent: $util.Resource) {
  return $interpolate`authorise ${connection.name} once, while it is pending: https://${here(parent).region}.console.aws.amazon.com/codesuite/settings/connections`;
}

/** Key under which CodeBuild stores the source. */
const KEY = "source/source.zip";

/**
 * CodeBuild fetches each push with its credential and hands it to the pipeline through the bucket.
 */
function fromCodeBuild(args: SourceArgs, access: Credential): PipelineSourceStage {
  const { options, bucket, parent, pipeline } = args;
  const { provider = "GitHub", branch } = options;
  const credential = importCredential(provider, access, parent);
  const project = fetchProject(args, access);
  new aws.codebuild.Webhook(
    "PipelineSourceWebhook",
    { projectName: project.name, filterGroups: [{ filters: pushesTo(branch) }] },
    { parent, dependsOn: credential ? [credential] : [] },
  );
  startAfter(project, pipeline, parent);
  return {
    action: sourceAction("S3", {
      S3Bucket: bucket.name,
      S3ObjectKey: KEY,
      // The EventBridge rule starts it.
      PollForSourceChanges: "false",
    }),
    triggers: [],
    permissions: [
      { actions: ["s3:GetBucketAcl", "s3:GetBucketLocation"], resources: [bucket.arn] },
      {
        actions: ["s3:GetObjectTagging", "s3:GetObjectVersionTagging"],
        resources: [$interpolate`${bucket.arn}/${KEY}`],
      },
    ],
    revision: `the source (version #{${SOURCE}.VersionId})`,
    project,
    outputs: {},
  };
}

function fetchProject(args: SourceArgs, { secret, connection }: Credential): aws.codebuild.Project {
  const { options, bucket } = args;
  const { provider = "GitHub", repository } = options;
  const { project } = buildProject("PipelineSource", {
    ...args,
    buildspec: "source.yml",
    description: `Hands ${repository} to the pipeline`,
    architecture: "arm64",
    environment: { SOURCE_BUCKET: bucket.name, SOURCE_KEY: KEY },
    source: {
      type: provider.toUpperCase(),
      location: `https://${HOSTS[provider]}/${repository}.git`,
      gitCloneDepth: 1,
    },
    permissions: [
      { actions: ["s3:PutObject"], resources: [$interpolate`${bucket.arn}/${KEY}`] },
      ...(secret ? [{ actions: ["secretsmanager:GetSecretValue"], resources: [secret] }] : []),
      // Already needed when the project is created.
      ...(connection
        ? bothNames(connection, ["GetConnection", "GetConnectionToken", "UseConnection"])
        : []),
    ],
  });
  return project;
}

const HOSTS = { GitHub: "github.com", GitLab: "gitlab.com", Bitbucket: "bitbucket.org" } as const;

/**
 * CodeBuild reads the token from the secret, or asks the connection, each time; the state only holds
 * an ARN.
 */
function importCredential(
  provider: string,
  { secret, connection }: Credential,
  parent: $util.Resource,
) {
  const token = secret ?? connection;
  if (!token) return undefined;
  return new aws.codebuild.SourceCredential(
    "PipelineCredential",
    {
      serverType: provider.toUpperCase(),
      authType: secret ? "SECRETS_MANAGER" : "CODECONNECTIONS",
      token,
    },
    { parent },
  );
}

function pushesTo(branch: string) {
  const escaped = branch.replaceAll(/[.]/g, "\\.");
  return [
    { type: "EVENT", pattern: "PUSH" },
    { type: "HEAD_REF", pattern: `^refs/heads/${escaped}$` },
  ];
}

/** Starts the pipeline when the project has put a new source into the bucket. */
function startAfter(project: aws.codebuild.Project, pipeline: string, parent: $util.Resource) {
  const { account, partition, region } = here(parent);
  const arn = $interpolate`arn:${partition}:codepipeline:${region}:${account}:${pipeline}`;
  const role = serviceRole("PipelineStartRole", "events.amazonaws.com", parent);
  const granted = allow("PipelineStartPolicy", role, parent, [
    { actions: ["codepipeline:StartPipelineExecution"], resources: [arn] },
  ]);
  const rule = new aws.cloudwatch.EventRule(
    uniqueName("PipelineStart", "aws:cloudwatch/eventRule:EventRule"),
    {
      description: "A new source is there",
      eventPattern: $util.jsonStringify({
        source: ["aws.codebuild"],
        "detail-type": ["CodeBuild Build State Change"],
        detail: { "project-name": [project.name], "build-status": ["SUCCEEDED"] },
      }),
    },
    { parent },
  );
  new aws.cloudwatch.EventTarget(
    "PipelineStartTarget",
    { rule: rule.name, arn, roleArn: role.arn },
    { parent, dependsOn: [granted] },
  );
}
