import { fixedName, type PrivateBucket, privateBucket, UNFINISHED } from "sst-ec2";
import type { AlarmTopic } from "../monitoring/alarms.ts";
import { PATH, PIPELINE_ROLE } from "../policies/access.ts";
import { allow, serviceRole } from "../policies/service-role.ts";
import { here } from "../program/here.ts";
import type { Stage } from "../stages.ts";
import { approvalAction, buildAction } from "./actions.ts";
import { type BuildProject, buildProject } from "./build-project.ts";
import { tellOfFailures } from "./notifications.ts";
import type { PipelineOptions } from "./options.ts";
import { type PipelineSourceStage, sourceStage } from "./source.ts";

/** Days for which sources and caches of runs are kept. */
const KEPT_DAYS = 30;

/**
 * The pipeline that deploys the stage on each push: source, checks, optional approval, deploy. When
 * several pushes wait for the same step, only the latest continues. `sst dev` has no pipeline.
 *
 * ### Cost
 * CodePipeline (V2) $0.002 a minute of an action, approvals free; CodeBuild $0.005 a minute of
 * checks and $0.0034 a minute of a deploy. 20 pushes a month, each with a minute of source, 7 of
 * checks and 8 of deploy: 20 × (16 × $0.002 + 7 × $0.005 + 8 × $0.0034) = **$1.88 a month**; the
 * account's first 100 minutes of either service are free. `source: { secret }` costs $0.40 a month
 * for the secret.
 *
 * @param alarms topic for failures and approvals
 * @returns URLs that a deploy prints: of the pipeline, and of a new connection
 */
export function pipeline(stage: Stage, alarms: AlarmTopic | undefined) {
  if (!stage.pipeline || $dev) return {};
  const options = stage.pipeline;
  // With a parent, SST does not treat the bucket as linkable.
  const parent = new $util.ComponentResource("steadfast:aws:Pipeline", "Pipeline");
  const bucket = artifacts(parent);
  const shared = { bucket, logRetention: stage.logRetention, parent };
  const name = fixedName("Pipeline", "aws:codepipeline/pipeline:Pipeline");
  const source = sourceStage({ options, pipeline: name, ...shared });
  const checks = buildProject("PipelineChecks", {
    ...shared,
    buildspec: "checks.yml",
    description: "Lint, types and tests",
    // The tests' embedded DynamoDB only exists for x86-64.
    architecture: "x86_64",
  });
  const deploy = buildProject("PipelineDeploy", {
    ...shared,
    buildspec: "deploy.yml",
    description: `Deploys stage ${$app.stage}`,
    architecture: "arm64",
    environment: { STAGE: $app.stage },
    // Enough for a rollback, too.
    minutes: 90,
    role: deployRole(parent),
  });
  const created = createPipeline({ name, options, bucket, source, checks, deploy, alarms, parent });
  if (alarms) tellOfFailures({ pipeline: created, source: source.project, alarms, parent });
  return { pipeline: consoleUrl(name, parent), ...source.outputs };
}

function artifacts(parent: $util.Resource) {
  const expiry = {
    id: "expired",
    status: "Enabled",
    filter: { prefix: "" },
    expiration: { days: KEPT_DAYS },
    noncurrentVersionExpiration: { noncurrentDays: 1 },
  };
  const lifecycle = [expiry, UNFINISHED];
  return privateBucket("PipelineArtifacts", { retain: false, lifecycle }, parent);
}

interface Parts {
  name: string;
  options: PipelineOptions;
  bucket: PrivateBucket;
  source: PipelineSourceStage;
  checks: BuildProject;
  deploy: BuildProject;
  alarms: AlarmTopic | undefined;
  parent: $util.Resource;
}

function createPipeline(parts: Parts): aws.codepipeline.Pipeline {
  const { name, options, bucket, source, checks, deploy, alarms, parent } = parts;
  const { role, granted } = pipelineRole(parts);
  const approval = { name: "Approval", actions: [approvalAction(source.revision, alarms)] };
  return new aws.codepipeline.Pipeline(
    "Pipeline",
    {
      name,
      roleArn: role.arn,
      pipelineType: "V2",
      executionMode: "SUPERSEDED",
      artifactStores: [{ type: "S3", location: bucket.name }],
      stages: [
        { name: "Source", actions: [source.action] },
        { name: "Checks", actions: [buildAction("Checks", "Test", checks)] },
        ...(options.approval ? [approval] : []),
        { name: "Deploy", actions: [buildAction("Deploy", "Build", deploy)] },
      ],
      triggers: source.triggers,
    },
    { parent, dependsOn: [granted, ...checks.granted, ...deploy.granted] },
  );
}

function pipelineRole({ options, bucket, source, checks, deploy, alarms, parent }: Parts) {
  const role = serviceRole("PipelineRole", "codepipeline.amazonaws.com", parent);
  const granted = allow("PipelinePolicy", role, parent, [
    { actions: ["s3:GetBucketVersioning"], resources: [bucket.arn] },
    {
      actions: ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
      resources: [$interpolate`${bucket.arn}/*`],
    },
    {
      actions: ["codebuild:StartBuild", "codebuild:BatchGetBuilds"],
      resources: [checks.project.arn, deploy.project.arn],
    },
    ...source.permissions,
    ...(options.approval && alarms ? [{ actions: ["sns:Publish"], resources: [alarms.arn] }] : []),
  ]);
  return { role, granted };
}

/** The account's deploy role, out of a deploy's reach: the access stack creates it. */
function deployRole(parent: $util.Resource) {
  const { account, partition } = here(parent);
  return $interpolate`arn:${partition}:iam::${account}:role${PATH}${PIPELINE_ROLE}`;
}

/** In the console. */
function consoleUrl(name: string, parent: $util.Resource) {
  return $interpolate`https://${here(parent).region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/${name}/view`;
}
