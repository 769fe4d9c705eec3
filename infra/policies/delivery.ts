import { PIPELINE_ROLE, roleArn } from "./access.ts";
import { APP, type Grants, NEW, NO_RESOURCES, OWN } from "./grant.ts";

/** The service was renamed, and AWS checks rights under either name. */
const bothNames = (arn: string) =>
  ["codeconnections", "codestar-connections"].map((service) =>
    arn.replace(/:(codeconnections|codestar-connections):/, `:${service}:`),
  );

/**
 * Pipelines, for production only.
 * @param connections ARNs that stages name; one that a stage creates is recognised by its tag
 */
export const delivery = (connections: readonly string[]): Grants => ({
  Pipelines: {
    on: [`arn:aws:codepipeline:*:*:${APP}-*`],
    calls: {
      codepipeline:
        "CreatePipeline UpdatePipeline DeletePipeline GetPipeline ListTagsForResource TagResource UntagResource",
    },
  },
  Builds: {
    on: [`arn:aws:codebuild:*:*:project/${APP}-*`],
    calls: {
      codebuild:
        "CreateProject UpdateProject DeleteProject BatchGetProjects CreateWebhook UpdateWebhook DeleteWebhook",
    },
  },
  BuildCredentials: {
    on: ["*"],
    reason: "CodeBuild has one credential a Git service for the whole account and region.",
    calls: {
      codebuild: "ImportSourceCredentials ListSourceCredentials DeleteSourceCredentials",
    },
  },
  NewConnections: {
    on: ["*"],
    reason: NO_RESOURCES,
    calls: { codeconnections: "CreateConnection TagResource" },
    only: NEW,
  },
  Connections: {
    on: bothNames("arn:aws:codeconnections:*:*:connection/*"),
    calls: {
      codeconnections:
        "GetConnection DeleteConnection PassConnection ListTagsForResource TagResource UntagResource",
      "codestar-connections": "PassConnection",
    },
    only: OWN,
  },
  ...(connections.length > 0 && {
    NamedConnections: {
      on: connections.flatMap(bothNames),
      calls: { codeconnections: "PassConnection", "codestar-connections": "PassConnection" },
    },
  }),
  PassPipelineRole: {
    on: [roleArn(PIPELINE_ROLE)],
    calls: { iam: "PassRole" },
    only: { StringEquals: { "iam:PassedToService": "codebuild.amazonaws.com" } },
  },
});
