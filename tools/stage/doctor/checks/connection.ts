import { CodeBuild } from "@aws-sdk/client-codebuild";
import { CodeStarConnections } from "@aws-sdk/client-codestar-connections";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import type { PipelineOptions } from "../../../../infra/pipeline/options.ts";
import { stageOf } from "../../../../infra/stages.ts";
import { type Check, type Finding, fault, note, ok } from "../check.ts";
import { options } from "../clients.ts";

/** The pipeline's connection to the repository. */
export const connection: Check = {
  name: "pipeline",
  async look({ stage, region }) {
    const { pipeline } = stageOf(stage);
    if (!pipeline) return ok("none");
    return await lookAt(pipeline, region);
  },
};

async function lookAt(
  { source, provider = "GitHub" }: PipelineOptions,
  region: string,
): Promise<Finding> {
  if ("credential" in source) return await credential(provider, region);
  if ("secret" in source) return await secret(source.secret, region);
  if (source.connection !== "new") return await existing(source.connection, region);
  return note(
    "a new connection waits after the deploy until somebody authorises it",
    `https://${region}.console.aws.amazon.com/codesuite/settings/connections`,
  );
}

async function existing(arn: string, region: string): Promise<Finding> {
  const client = new CodeStarConnections(options(region));
  try {
    const { Connection } = await client.getConnection({ ConnectionArn: arn });
    const status = Connection?.ConnectionStatus;
    if (status === "AVAILABLE") return ok(`connection ${Connection?.ConnectionName}`);
    return fault(
      `connection ${Connection?.ConnectionName} is ${status?.toLowerCase()}`,
      `authorise it: https://${region}.console.aws.amazon.com/codesuite/settings/connections`,
    );
  } catch (error) {
    if (!/NotFound/.test((error as Error).name)) throw error;
    return fault(`there is no ${arn}`, 'correct infra/stages.ts, or say connection: "new"');
  }
}

async function credential(provider: string, region: string): Promise<Finding> {
  const { sourceCredentialsInfos = [] } = await new CodeBuild(
    options(region),
  ).listSourceCredentials();
  if (sourceCredentialsInfos.some(({ serverType }) => serverType === provider.toUpperCase()))
    return ok(`CodeBuild has a credential for ${provider}`);
  return fault(
    `CodeBuild has no credential for ${provider} in ${region}`,
    "aws codebuild import-source-credentials, or another source: docs/pipeline.md",
  );
}

async function secret(arn: string, region: string): Promise<Finding> {
  try {
    await new SecretsManager(options(region)).describeSecret({ SecretId: arn });
    return ok("the secret with the token is there");
  } catch (error) {
    if (!/NotFound/.test((error as Error).name)) throw error;
    return fault(`there is no secret ${arn}`, "make it as docs/pipeline.md says");
  }
}
