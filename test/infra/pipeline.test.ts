/** The pipeline that deploys a stage: with each kind of source, and what its roles may do. */
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PipelineOptions, PipelineSource } from "../../infra/pipeline/options.ts";
import { policyOf, type Statement } from "../../infra/policies/grant.ts";
import { pipelineBuilds } from "../../infra/policies/pipeline-role.ts";
import { stageOf, stages } from "../../infra/stages.ts";
import { runProgram } from "../../tools/stage/graph/program.ts";
import type { Recorded } from "../../tools/stage/graph/resource.ts";
import { Resources, secretOf } from "./support/resources.ts";

const PIPELINE = "aws:codepipeline/pipeline:Pipeline";
const PROJECT = "aws:codebuild/project:Project";
const CONNECTION = "arn:aws:codeconnections:us-east-1:123456789012:connection/0a1b2c3d";
const SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:git-token-a1b2c3";

const github = { repository: "ada/steadfast", branch: "release-1.0" };

async function deploy(pipeline: PipelineOptions, dev = false) {
  stages.delivered = { alarmEmails: ["ops@example.com"], pipeline };
  const { resources, outputs } = await runProgram({ stage: "delivered", dev });
  return { resources: new Resources(resources), outputs: outputs as Record<string, string> };
}
afterAll(() => {
  delete stages.delivered;
});

/** The actions of the pipeline's stages, by stage. */
function actions(resources: Resources): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    (resources.one(PIPELINE).inputs.stages as { name: string; actions: [object] }[]).map(
      ({ name, actions: [action] }) => [name, { ...action }],
    ),
  );
}

/** The statements of the policy whose name ends so, as [actions, resources]. */
function statements(resources: Resources, nameEnd: string): [string[], string[]][] {
  return resources
    .statements()
    .filter((each) => each.of.endsWith(nameEnd))
    .map((each) => [each.actions, each.resources]);
}

describe("a pipeline with a new connection", () => {
  let resources: Resources;
  let outputs: Record<string, string>;
  beforeAll(async () => {
    ({ resources, outputs } = await deploy({
      ...github,
      source: { connection: "new" },
      paths: { excludes: ["docs/**"] },
      approval: true,
    }));
  });

  test("starts on pushes to the branch, but for those of the excluded files", () => {
    const { inputs } = resources.one(PIPELINE);
    expect(inputs).toMatchObject({ pipelineType: "V2", executionMode: "SUPERSEDED" });
    expect(inputs.triggers).toEqual([
      {
        providerType: "CodeStarSourceConnection",
        gitConfiguration: {
          sourceActionName: "Source",
          pushes: [
            {
              branches: { includes: ["release-1.0"] },
              filePaths: { excludes: ["docs/**"] },
            },
          ],
        },
      },
    ]);
  });

  test("fetches, checks, waits for an approval and deploys", () => {
    const { Source, Checks, Approval, Deploy, ...others } = actions(resources);
    expect(others).toEqual({});
    expect(Source).toMatchObject({
      provider: "CodeStarSourceConnection",
      outputArtifacts: ["Source"],
      configuration: {
        FullRepositoryId: "ada/steadfast",
        BranchName: "release-1.0",
        DetectChanges: "false",
      },
    });
    expect(Checks).toMatchObject({ category: "Test", inputArtifacts: ["Source"] });
    expect(Approval?.configuration).toEqual({
      CustomData: "Deploy #{Source.CommitId} (#{Source.CommitMessage}) to delivered?",
      NotificationArn: expect.stringContaining("Alarms"),
    });
    expect(Deploy).toMatchObject({ category: "Build", inputArtifacts: ["Source"] });
  });

  test("says where the new connection is authorised, and does not wait for it", () => {
    expect(resources.one("aws:codeconnections/connection:Connection").inputs).toMatchObject({
      providerType: "GitHub",
    });
    expect(outputs.connection).toMatch(
      /^authorise steadfast-delivered-Git-\w+ once, while it is pending: https:\/\/us-east-1\.console\.aws\.amazon\.com\/codesuite\/settings\/connections$/,
    );
    expect(outputs.pipeline).toContain("/pipelines/steadfast-delivered-Pipeline/view");
  });

  test("runs buildspecs of the repository, on small machines, with logs that expire", () => {
    const projects = resources.of(PROJECT);
    expect(projects).toHaveLength(2);
    for (const { inputs } of projects) {
      expect(existsSync(inputs.source.buildspec)).toBe(true);
      expect(inputs.environment).toMatchObject({ computeType: "BUILD_GENERAL1_SMALL" });
      expect(inputs.environment.privilegedMode).toBeFalsy();
      const logs = resources
        .of("aws:cloudwatch/logGroup:LogGroup")
        .find((each) => each.inputs.name === inputs.logsConfig.cloudwatchLogs.groupName);
      expect(logs?.inputs.retentionInDays).toBe(7);
    }
    expect(resources.one(PROJECT, "Deploy").inputs.environment.environmentVariables).toEqual([
      { name: "STAGE", value: "delivered" },
    ]);
  });

  test("keeps its archives private, encrypted, for TLS alone and for 30 days", () => {
    const { bucket } = resources.one("aws:s3/bucketV2:BucketV2", "PipelineArtifactsBucket").inputs;
    const of = (type: string) =>
      resources
        .of(`aws:s3/${type}`)
        .map((each) => each.inputs)
        .find((inputs) => inputs.bucket === bucket);
    expect(of("bucketPublicAccessBlock:BucketPublicAccessBlock")).toMatchObject({
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    expect(JSON.parse(of("bucketPolicy:BucketPolicy")?.policy).Statement).toContainEqual(
      expect.objectContaining({
        Effect: "Deny",
        Action: ["s3:*"],
        Condition: { Bool: { "aws:SecureTransport": ["false"] } },
      }),
    );
    const { rules } = of("bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2") ?? {};
    expect(rules[0]).toMatchObject({ expiration: { days: 30 } });
    expect(
      of("bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"),
    ).toBeDefined();
  });

  test("tells the alarms' topic of failures, with the address of the run", () => {
    const rule = resources.one("aws:cloudwatch/eventRule:EventRule");
    expect(JSON.parse(rule.inputs.eventPattern).detail).toEqual({
      pipeline: ["steadfast-delivered-Pipeline"],
      state: ["FAILED"],
    });
    const target = resources.one("aws:cloudwatch/eventTarget:EventTarget").inputs;
    expect(target.arn).toContain("Alarms");
    const { inputPaths, inputTemplate } = target.inputTransformer;
    const names = [...JSON.parse(inputTemplate).matchAll(/<(\w+)>/g)].map(([, name]) => name);
    expect(new Set(names)).toEqual(new Set(Object.keys(inputPaths)));
  });

  describe("has roles that", () => {
    test("one service may take, for this account alone", () => {
      const roles = resources.of("aws:iam/role:Role").filter((each) => /Pipeline/.test(each.name));
      expect(roles).toHaveLength(2);
      for (const { inputs } of roles) {
        const [statement, ...others] = JSON.parse(inputs.assumeRolePolicy).Statement;
        expect(others).toEqual([]);
        expect(statement.Principal.Service).toHaveLength(1);
        expect(statement.Condition).toEqual({
          StringEquals: { "aws:SourceAccount": ["123456789012"] },
        });
      }
    });

    test("have no wildcard in an action, and no statement on every resource", () => {
      const own = resources.statements().filter((each) => each.of.startsWith("Pipeline"));
      expect(own.length).toBeGreaterThan(6);
      expect(own.flatMap((each) => each.actions).filter((each) => each.includes("*"))).toEqual([]);
      expect(own.flatMap((each) => each.resources)).not.toContain("*");
    });

    test("let the checks at their logs, source and cache alone", () => {
      const checks = statements(resources, "PipelineChecksPolicy");
      expect(checks).toEqual([
        [["logs:CreateLogStream", "logs:PutLogEvents"], [expect.stringMatching(/\/checks:\*$/)]],
        [
          ["s3:GetBucketAcl", "s3:GetBucketLocation"],
          [expect.stringMatching(/PipelineArtifactsBucket-\w+$/i)],
        ],
        [["s3:GetObject", "s3:PutObject"], [expect.stringMatching(/\/cache\/PipelineChecks\/\*$/)]],
        [["s3:GetObject", "s3:GetObjectVersion"], [expect.stringMatching(/\/\*\/Source\/\*$/)]],
      ]);
    });

    test("leave the deploy to the account's role, which no deploy can change", () => {
      expect(project(resources, "PipelineDeploy").serviceRole).toBe(
        "arn:aws:iam::123456789012:role/access/steadfast-pipeline",
      );
      expect(resources.of("aws:iam/policy:Policy")).toEqual([]);
      expect(resources.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")).toEqual([]);
    });

    // Its statements are the checks' own, on the names that these resources have.
    test("agree with what the account's role may do besides deploying", () => {
      const granted = policyOf(pipelineBuilds).Statement;
      expect(granted.map((each) => each.Action)).toEqual([
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        ["s3:GetBucketAcl", "s3:GetBucketLocation"],
        ["s3:GetObject", "s3:GetObjectVersion"],
        ["s3:GetObject", "s3:PutObject"],
      ]);
      const { bucket } = resources.one(
        "aws:s3/bucketV2:BucketV2",
        "PipelineArtifactsBucket",
      ).inputs;
      const { logsConfig, cache } = project(resources, "PipelineDeploy");
      const wanted = [
        `arn:aws:logs:us-east-1:123456789012:log-group:${logsConfig.cloudwatchLogs.groupName}:*`,
        `arn:aws:s3:::${bucket}`,
        `arn:aws:s3:::${bucket}/steadfast-prod-Pipeli/Source/Ab12`,
        `arn:aws:s3:::${bucket}/${cache.location.split("/").slice(1).join("/")}/key`,
      ];
      for (const [index, arn] of wanted.entries()) expect(arn).toMatch(glob(granted[index]));
    });

    test("let the pipeline at its connection, its two projects and its bucket", () => {
      expect(statements(resources, "PipelinePolicy").map(([verbs]) => verbs)).toEqual([
        ["s3:GetBucketVersioning"],
        ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
        ["codebuild:StartBuild", "codebuild:BatchGetBuilds"],
        ["codeconnections:UseConnection"],
        ["codestar-connections:UseConnection"],
        ["sns:Publish"],
      ]);
    });
  });
});

/** ARNs that a statement is on. */
function glob(statement: Statement | undefined): RegExp {
  const [pattern = ""] = statement?.Resource ?? [];
  return new RegExp(`^${pattern.split("*").map(RegExp.escape).join(".*")}$`);
}

function project(resources: Resources, name: string) {
  const found = resources
    .of("aws:codebuild/project:Project")
    .find((each) => each.name.endsWith(name));
  if (!found) throw new Error(`there is no project ${name}`);
  return found.inputs;
}

test("a pipeline with a given connection makes none, and says nothing of it", async () => {
  const { resources, outputs } = await deploy({ ...github, source: { connection: CONNECTION } });
  expect(resources.of("aws:codeconnections/connection:Connection")).toEqual([]);
  expect(outputs.connection).toBeUndefined();
  expect(Object.keys(actions(resources))).toEqual(["Source", "Checks", "Deploy"]);
  expect(statements(resources, "PipelinePolicy")).toEqual(
    expect.arrayContaining([
      [["codeconnections:UseConnection"], [CONNECTION]],
      [
        ["codestar-connections:UseConnection"],
        [CONNECTION.replace("codeconnections", "codestar-connections")],
      ],
    ]),
  );
});

describe("a pipeline whose source CodeBuild fetches with a token from Secrets Manager", () => {
  let resources: Resources;
  beforeAll(async () => {
    ({ resources } = await deploy({ ...github, source: { secret: SECRET } }));
  });

  test("gives CodeBuild the secret's ARN, never the token", () => {
    const { inputs } = resources.one("aws:codebuild/sourceCredential:SourceCredential");
    expect(inputs).toMatchObject({ serverType: "GITHUB", authType: "SECRETS_MANAGER" });
    expect(secretOf(inputs.token)).toBe(SECRET);
    expect(resources.all.filter(({ type }) => type.startsWith("aws:secretsmanager"))).toEqual([]);
  });

  test("lets the project that fetches read that secret, and put the one archive", () => {
    const own = statements(resources, "PipelineSourcePolicy");
    expect(own).toContainEqual([["secretsmanager:GetSecretValue"], [SECRET]]);
    expect(own).toContainEqual([
      ["s3:PutObject"],
      [expect.stringMatching(/PipelineArtifactsBucket-\w+\/source\/source\.zip$/i)],
    ]);
    for (const name of ["PipelineChecksPolicy", "PipelineDeployPolicy", "PipelinePolicy"])
      expect(statements(resources, name).flatMap(([verbs]) => verbs)).not.toContain(
        "secretsmanager:GetSecretValue",
      );
  });

  test("lets the pipeline read what CodePipeline asks of an archive in S3", () => {
    const own = statements(resources, "PipelinePolicy").flatMap(([verbs]) => verbs);
    for (const call of [
      "s3:GetBucketAcl",
      "s3:GetBucketLocation",
      "s3:GetBucketVersioning",
      "s3:GetObjectTagging",
      "s3:GetObjectVersionTagging",
    ])
      expect(own).toContain(call);
  });

  test("fetches on pushes to the branch alone", () => {
    const { filterGroups } = resources.one("aws:codebuild/webhook:Webhook").inputs;
    expect(filterGroups).toEqual([
      {
        filters: [
          { type: "EVENT", pattern: "PUSH" },
          { type: "HEAD_REF", pattern: "^refs/heads/release-1\\.0$" },
        ],
      },
    ]);
    expect(resources.one(PROJECT, "PipelineSource").inputs).toMatchObject({
      source: { type: "GITHUB", location: "https://github.com/ada/steadfast.git" },
      artifacts: { type: "NO_ARTIFACTS" },
    });
  });

  test("starts when a new source is there, by a role that can start it alone", () => {
    const target = resources.one("aws:cloudwatch/eventTarget:EventTarget", "PipelineStartTarget");
    const arn = "arn:aws:codepipeline:us-east-1:123456789012:steadfast-delivered-Pipeline";
    expect(target.inputs.arn).toBe(arn);
    expect(statements(resources, "PipelineStartPolicy")).toEqual([
      [["codepipeline:StartPipelineExecution"], [arn]],
    ]);
    expect(actions(resources).Source?.configuration).toMatchObject({
      S3ObjectKey: "source/source.zip",
      PollForSourceChanges: "false",
    });
    expect(resources.one(PIPELINE).inputs.triggers).toEqual([]);
  });

  test("tells of a source that could not be fetched, too", () => {
    const names = resources.of("aws:cloudwatch/eventRule:EventRule").map((each) => each.name);
    expect(names).toContainEqual(expect.stringContaining("PipelineSourceFailed"));
  });
});

test.each(["GitHub", "Bitbucket"] as const)(
  "a pipeline with %s and the account's credential needs no secret",
  async (provider) => {
    const { resources } = await deploy({ ...github, provider, source: { credential: "account" } });
    expect(resources.of("aws:codebuild/sourceCredential:SourceCredential")).toEqual([]);
    const { source } = resources.one(PROJECT, "PipelineSource").inputs;
    expect(source.type).toBe(provider.toUpperCase());
    expect(source.location).toContain(`${provider.toLowerCase()}.`);
  },
);

test("a project that fetches by a connection may use it, under both its names", async () => {
  const { resources } = await deploy({
    ...github,
    provider: "GitLab",
    source: { credential: CONNECTION },
  });
  const { inputs } = resources.one("aws:codebuild/sourceCredential:SourceCredential");
  expect(inputs).toMatchObject({ serverType: "GITLAB", authType: "CODECONNECTIONS" });
  expect(secretOf(inputs.token)).toBe(CONNECTION);
  const own = statements(resources, "PipelineSourcePolicy");
  for (const service of ["codeconnections", "codestar-connections"])
    expect(own).toContainEqual([
      ["GetConnection", "GetConnectionToken", "UseConnection"].map((verb) => `${service}:${verb}`),
      [CONNECTION.replace("codeconnections", service)],
    ]);
});

test("nobody is told without an address, and the pipeline works", async () => {
  stages.delivered = { pipeline: { ...github, source: { connection: "new" }, approval: true } };
  const { resources } = await runProgram({ stage: "delivered" });
  const all = new Resources(resources);
  expect(all.of("aws:cloudwatch/eventRule:EventRule")).toEqual([]);
  expect(actions(all).Approval?.configuration).not.toHaveProperty("NotificationArn");
});

test("there is none in sst dev", async () => {
  const { resources } = await deploy({ ...github, source: { connection: "new" } }, true);
  const made: Recorded[] = resources.all.filter(({ type }) => /aws:code/.test(type));
  expect(made).toEqual([]);
});

describe("the option", () => {
  const right = { ...github, source: { connection: "new" } };

  test.each<[PipelineSource]>([
    [{ connection: "new" }],
    [{ connection: CONNECTION }],
    [{ connection: CONNECTION.replace("codeconnections", "codestar-connections") }],
    [{ credential: "account" }],
    [{ credential: CONNECTION }],
    [{ secret: SECRET }],
  ])("takes the source %j", (source) => {
    stages.delivered = { pipeline: { ...github, source } };
    expect(stageOf("delivered").pipeline?.source).toEqual(source);
  });

  test.each<[unknown, string]>([
    ["ada/steadfast", "it must be an object with repository, branch and source."],
    [{ ...right, repo: "x" }, '"repo" is not an option of it; known are repository, branch,'],
    [{ ...right, repository: "steadfast" }, 'repository must be like "owner/name".'],
    [{ ...right, repository: "https://github.com/a/b" }, 'repository must be like "owner/name".'],
    [{ ...right, branch: "*" }, "branch must be the name of one branch."],
    [{ ...right, provider: "github" }, 'provider must be "GitHub" or "GitLab" or "Bitbucket".'],
    [{ ...right, source: { token: "ghp_x" } }, "source must be one of { connection:"],
    [{ ...right, source: { secret: "git-token" } }, "source must be one of { connection:"],
    [{ ...right, source: { connection: "new", secret: SECRET } }, "source must be one of"],
    [{ ...right, paths: {} }, "paths must have includes, excludes or both"],
    [{ ...right, paths: { includes: [] } }, "lists of 1 to 8 patterns"],
    [{ ...right, paths: { includes: Array(9).fill("a") } }, "lists of 1 to 8 patterns"],
    [
      { ...right, source: { secret: SECRET }, paths: { includes: ["a"] } },
      "paths need a source with a connection",
    ],
    [
      { ...right, provider: "GitLab", source: { secret: SECRET } },
      "GitLab needs a source with a connection.",
    ],
    [
      { ...right, provider: "GitLab", source: { credential: "account" } },
      "GitLab needs a source with a connection.",
    ],
    [{ ...right, approval: "yes" }, "approval must be true or false."],
  ])("refuses %j with one line", (pipeline, message) => {
    stages.delivered = { pipeline: pipeline as PipelineOptions };
    expect(() => stageOf("delivered")).toThrow(message);
    expect(() => stageOf("delivered")).toThrow(/^infra\/stages\.ts: "pipeline" [^\n]+\.$/);
  });
});
