import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import type { Project } from "@aws-sdk/client-codebuild";
import type { ActionDeclaration, PipelineDeclaration } from "@aws-sdk/client-codepipeline";
import { deployerGrants } from "../../../infra/policies/deployer.ts";
import { policyOf } from "../../../infra/policies/grant.ts";
import type { Cloud } from "./cloud.ts";
import { only, present, same } from "./expect.ts";

/**
 * The pipeline follows from push to deploy: trigger, connection, bucket, projects, buildspecs, logs,
 * roles; and whoever deploys there has the documented policies and no others.
 */
export async function checkPipeline(cloud: Cloud, stage: string): Promise<void> {
  const { pipelines } = await cloud.codePipeline.listPipelines();
  const { name } = only(pipelines, "pipeline");
  const { pipeline } = await cloud.codePipeline.getPipeline({ name });
  const found = present(pipeline, `pipeline ${name}`);
  same(found.pipelineType, "V2", "the pipeline's type");
  same(found.executionMode, "SUPERSEDED", "the pipeline's execution mode");
  same(
    found.stages?.map((each) => each.name),
    ["Source", "Checks", "Approval", "Deploy"],
    "the pipeline's stages",
  );
  checkSource(found);
  await checkBucket(cloud, present(found.artifactStore?.location, "the pipeline's bucket"));
  await checkTrust(cloud, present(found.roleArn, "the pipeline's role"), "codepipeline");
  await checkProject(cloud, actionOf(found, "Checks"), {});
  const deploy = await checkProject(cloud, actionOf(found, "Deploy"), { STAGE: stage });
  await checkDeployer(cloud, roleName(present(deploy.serviceRole, "the deploy's role")));
}

function actionOf({ stages = [] }: PipelineDeclaration, name: string): ActionDeclaration {
  const stage = stages.find((each) => each.name === name);
  return only(stage?.actions, `action of ${name}`);
}

/** The trigger names the source, whose connection is one. */
function checkSource(pipeline: PipelineDeclaration): void {
  const { name, configuration } = actionOf(pipeline, "Source");
  assert.match(`${configuration?.ConnectionArn}`, /^arn:aws:codeconnections:.+:connection\/.+/);
  same(configuration?.DetectChanges, "false", "starts besides the trigger's");
  const git = only(pipeline.triggers, "trigger").gitConfiguration;
  same(git?.sourceActionName, name, "the trigger's source");
  same(only(git?.push, "push filter").branches?.includes, ["main"], "the trigger's branch");
}

async function checkBucket({ s3 }: Cloud, Bucket: string): Promise<void> {
  const { PublicAccessBlockConfiguration } = await s3.getPublicAccessBlock({ Bucket });
  same(
    new Set(Object.values(PublicAccessBlockConfiguration ?? {})),
    new Set([true]),
    `blocks of public access to ${Bucket}`,
  );
  const { Rules = [] } = await s3.getBucketLifecycleConfiguration({ Bucket });
  same(
    Rules.map((each) => each.Expiration?.Days).filter(Boolean),
    [30],
    `days after which ${Bucket} loses what runs left`,
  );
}

/** An action's project: its buildspec is in the repository, its logs are kept for a while. */
async function checkProject(
  cloud: Cloud,
  { configuration }: ActionDeclaration,
  environment: Record<string, string>,
): Promise<Project> {
  const name = present(configuration?.ProjectName, "the action's project");
  const { projects } = await cloud.codeBuild.batchGetProjects({ names: [name] });
  const project = only(projects, `project ${name}`);
  const buildspec = present(project.source?.buildspec, `buildspec of ${name}`);
  assert.ok(existsSync(buildspec), `${name} has the buildspec ${buildspec}, which is not there`);
  const variables = project.environment?.environmentVariables ?? [];
  same(
    Object.fromEntries(variables.map((each) => [each.name, each.value])),
    environment,
    `variables of ${name}`,
  );
  const logGroup = present(project.logsConfig?.cloudWatchLogs?.groupName, `log group of ${name}`);
  const { logGroups } = await cloud.logs.describeLogGroups({ logGroupNamePrefix: logGroup });
  assert.ok(only(logGroups, `log group ${logGroup}`).retentionInDays, `${logGroup} keeps all`);
  await checkTrust(cloud, present(project.serviceRole, `role of ${name}`), "codebuild");
  return project;
}

/** One service may take the role, and for this account alone. */
async function checkTrust({ iam }: Cloud, arn: string, service: string): Promise<void> {
  const { Role } = await iam.getRole({ RoleName: roleName(arn) });
  const trust = JSON.parse(
    decodeURIComponent(present(Role?.AssumeRolePolicyDocument, `trust policy of ${arn}`)),
  );
  const { Principal, Condition } = only(
    trust.Statement as { Principal: unknown; Condition: Record<string, unknown> }[],
    `trust statement of ${arn}`,
  );
  same(Principal, { Service: `${service}.amazonaws.com` }, `who may take ${arn}`);
  const account = present(arn.split(":")[4], `account of ${arn}`);
  same(Condition.StringEquals, { "aws:SourceAccount": account }, `for whom ${arn} may be taken`);
}

/** The role that deploys has the policies of who deploys production, word for word, and no other. */
async function checkDeployer({ iam }: Cloud, RoleName: string): Promise<void> {
  const { AttachedPolicies = [] } = await iam.listAttachedRolePolicies({ RoleName });
  const documents = await Promise.all(
    AttachedPolicies.map(async ({ PolicyArn }) => {
      const { Policy } = await iam.getPolicy({ PolicyArn });
      const { PolicyVersion } = await iam.getPolicyVersion({
        PolicyArn,
        VersionId: Policy?.DefaultVersionId,
      });
      return JSON.parse(decodeURIComponent(present(PolicyVersion?.Document, `${PolicyArn}`)));
    }),
  );
  const wanted = Object.values(deployerGrants("production")).map(policyOf);
  same(sorted(documents), sorted(wanted), `policies of ${RoleName}`);
}

/** In order of their statements' names; providers order a document's keys as they like. */
function sorted<T extends { Statement: readonly { Sid?: string }[] }>(policies: T[]): T[] {
  const names = ({ Statement }: T) => Statement.map(({ Sid }) => Sid).join();
  return policies.toSorted((one, other) => names(one).localeCompare(names(other)));
}

function roleName(arn: string): string {
  return present(arn.split("/").at(-1), `role's name in ${arn}`);
}
