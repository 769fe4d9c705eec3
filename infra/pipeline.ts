/// <reference path="../.sst/platform/config.d.ts" />

import { fixedName, type PrivateBucket, privateBucket, UNFINISHED } from "sst-ec2";
import type { AlarmTopic } from "./alarms.ts";
import { approvalAction, buildAction } from "./pipeline/actions.ts";
import { type BuildProject, buildProject } from "./pipeline/build-project.ts";
import { tellOfFailures } from "./pipeline/notifications.ts";
import type { PipelineOptions } from "./pipeline/options.ts";
import { type PipelineSourceStage, sourceStage } from "./pipeline/source.ts";
import { PATH, PIPELINE_ROLE } from "./policies/access.ts";
import { allow, serviceRole } from "./service-role.ts";
import type { Stage } from "./stages.ts";

/** How long what a run left behind is kept: sources, caches. */
const KEPT_DAYS = 30;

/**
 * The pipeline that deploys the stage on each push: source, checks, perhaps an approval, deploy.
 *
 * `sst deploy` waits for the rollout, so that a version that is rolled back turns the pipeline red.
 * Of several pushes that wait for the same step the latest alone goes on. Failures go to the alarms'
 * topic. In `sst dev` there is none.
 *
 * ### Cost
 * CodePipeline (V2) $0.002 a minute of an action, approvals free; CodeBuild $0.005 a minute of checks
 * and $0.0034 a minute of a deploy. 20 pushes a month, each with a minute of source, 7 of checks and
 * 8 of deploy: 20 × (16 × $0.002 + 7 × $0.005 + 8 × $0.0034) = **$1.88 a month**; the account's first
 * 100 minutes of either service are free. `source: { secret }` costs $0.40 a month for the secret.
 *
 * @param stage The stage's choices; nothing is made without `pipeline`.
 * @param alarms Where failures and approvals are told; nobody is told without it.
 * @returns Addresses for whoever deploys: of the pipeline, and of a new connection.
 */
export function pipeline(stage: Stage, alarms: AlarmTopic | undefined) {
  if (!stage.pipeline || $dev) return {};
  const options = stage.pipeline;
  // Below a parent of its own, SST does not take the bucket for something to link.
  const parent = new $util.ComponentResource("steadfast:aws:Pipeline", "Pipeline");
  const bucket = artifacts(parent);
  const shared = { bucket, logRetention: stage.logRetention, parent };
  const name = fixedName("Pipeline", "aws:codepipeline/pipeline:Pipeline");
  const source = sourceStage({ options, pipeline: name, ...shared });
  const checks = buildProject("PipelineChecks", {
    ...shared,
    buildspec: "checks.yml",
    description: "Lint, types and tests",
    // The embedded DynamoDB of the tests is built for x86-64 alone.
    architecture: "x86_64",
  });
  const deploy = buildProject("PipelineDeploy", {
    ...shared,
    buildspec: "deploy.yml",
    description: `Deploys stage ${$app.stage}`,
    architecture: "arm64",
    environment: { STAGE: $app.stage },
    // Room for a rollout that is followed to its end, its rollback included.
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

/**
 * The role that deploys is the account's, so that no deploy can change it: whoever set up the account
 * made it, with the policies of who deploys production.
 */
function deployRole(parent: $util.Resource) {
  const account = aws.getCallerIdentityOutput({}, { parent }).accountId;
  const partition = aws.getPartitionOutput({}, { parent }).partition;
  return $interpolate`arn:${partition}:iam::${account}:role${PATH}${PIPELINE_ROLE}`;
}

/** Where a browser shows the pipeline. */
function consoleUrl(name: string, parent: $util.Resource) {
  const region = aws.getRegionOutput({}, { parent }).name;
  return $interpolate`https://${region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/${name}/view`;
}
