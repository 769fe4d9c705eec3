/** `npm run policy`: what it prints, and what a linter of IAM policies says of it. */
import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { deployerGrants, SIZES } from "../../../../infra/policies/deployer.ts";
import { policyOf } from "../../../../infra/policies/grant.ts";
import { realArn } from "../../policy/arns.ts";
import type { Policies } from "../../policy/policies.ts";
import { installLinters, lint } from "./linters.ts";
import { hasPython } from "./python.ts";

async function policy(...args: string[]): Promise<Policies> {
  const run = promisify(execFile)(process.execPath, ["tools/stage/policy.ts", ...args]);
  return JSON.parse((await run).stdout);
}

let all: Policies;
beforeAll(async () => {
  all = await policy("--stage", "rehearsal");
});

describe("npm run policy", () => {
  test.each(SIZES)("prints the policies of the size %s", async (size) => {
    const wanted = Object.entries(deployerGrants(size));
    expect(await policy(size)).toEqual(
      Object.fromEntries(wanted.map(([name, grants]) => [name, policyOf(grants)])),
    );
  });

  test("prints those of the pipeline and of the instances, of the stage's own resources", () => {
    expect(Object.keys(all)).toEqual(
      expect.arrayContaining(["PipelinePolicy", "PipelineChecksPolicy", "ApiPolicy"]),
    );
    expect(JSON.stringify(all.ApiPolicy)).toContain("table/steadfast-rehearsal-UsersTable-*");
    expect(JSON.stringify(all)).not.toMatch(/arn:aws:mock|1a2b3c4/);
  });

  test("prints one kind alone", async () => {
    const instance = await policy("instance", "--stage", "ada");
    expect(Object.keys(instance)).toEqual(["ApiPolicy"]);
    expect(JSON.stringify(instance)).toContain("parameter/steadfast/ada/Api/links");
  });

  const GITHUB = ["--account", "123456789012", "--repository", "ada/steadfast"];

  test("prints who may take the role of GitHub Actions: one environment of one repository", async () => {
    const trust = await policy("github", ...GITHUB);
    expect(trust.Statement).toEqual([
      {
        Effect: "Allow",
        Principal: {
          Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
        },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" },
          StringLike: {
            "token.actions.githubusercontent.com:sub": [
              "repo:ada/steadfast:environment:prod",
              "repo:ada@*/steadfast@*:environment:prod",
            ],
          },
        },
      },
    ]);
  });

  test.each([
    ["repo:ada/steadfast:environment:prod", true],
    ["repo:ada@12/steadfast@345:environment:prod", true],
    ["repo:ada@12/steadfast@345:environment:test", false],
    ["repo:ada@12/steadfast@345:ref:refs/heads/main", false],
    ["repo:ada@12/other@345:environment:prod", false],
    ["repo:eve/steadfast:environment:prod", false],
    ["repo:ada@99/steadfast@345:environment:prod", false],
  ])("trusts the token of %j: %s", async (subject, trusted) => {
    const [statement] = (await policy("github", ...GITHUB, "--repository-ids", "12/345"))
      .Statement as unknown as Record<string, Record<string, Record<string, string[]>>>[];
    const patterns = statement?.Condition?.StringLike?.["token.actions.githubusercontent.com:sub"];
    expect(patterns).toHaveLength(2);
    expect(patterns?.includes(subject)).toBe(trusted);
  });

  test("prints a template of the access stack that CloudFormation takes as it is", async () => {
    const run = promisify(execFile)(process.execPath, [
      ...["tools/stage/policy.ts", "template", "--repository", "ada/steadfast"],
    ]);
    const { stdout } = await run;
    expect(stdout.length).toBeLessThanOrEqual(51_200);
    const { Resources } = JSON.parse(stdout);
    const regional = Object.entries<{ Condition?: string }>(Resources)
      .filter(([, each]) => each.Condition === undefined)
      .map(([name]) => name);
    expect(regional).toEqual(["ShellDocument", "ShellLog"]);
    const trust = JSON.stringify(Resources.GitHubRole.Properties.AssumeRolePolicyDocument);
    expect(trust).toMatch(/\{"Fn::Sub":"arn:aws:iam::\$\{AWS::AccountId\}:oidc-provider/);
    expect(Resources.SteadfastDeployIdentity.Properties.Roles).toEqual([
      { Ref: "PipelineRole" },
      { Ref: "GitHubRole" },
    ]);
    expect(Resources.SteadfastPersonalLimits.Properties.Roles).toBeUndefined();
  });

  test.each([
    [
      ["everything"],
      '"everything" is no kind of policy; known are bootstrap, production, personal, shell, boundary, pipeline, instance, github and template',
    ],
    [["personal", "instance"], "one kind at a time, not personal instance"],
    [["--stage", "my stage"], '--stage is "my stage"; it must be letters, digits and hyphens'],
    [["github"], "github needs --account, the 12 digits of the AWS account"],
    [["github", "--account", "123456789012"], "github needs --repository, like owner/name"],
    [
      ["template", "--repository", "steadfast"],
      '--repository is "steadfast"; it must be like owner/name',
    ],
    [
      ["github", ...GITHUB, "--repository-ids", "12"],
      '--repository-ids is "12"; it must be two numbers like 12/345',
    ],
    [["--stag", "prod"], "Unknown option '--stag'"],
  ])("refuses %j with one line and the usage", (args, message) => {
    const { status, stdout, stderr } = refused(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^policy: [^\n]+\n\nnpm run --silent policy -- /);
    expect(stderr).toContain(message);
  });

  test("says in one line when a stage has no policies of a kind", () => {
    const { status, stdout, stderr } = refused(["pipeline", "--stage", "ada"]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toBe(
      'policy: Stage "ada" has no pipeline; give it the option "pipeline" in infra/stages.ts.\n',
    );
  });
});

function refused(args: string[]) {
  return spawnSync(process.execPath, ["tools/stage/policy.ts", ...args], { encoding: "utf8" });
}

test("an ARN that cannot be told is an error, not a guess", () => {
  const same = (_type: string, name: string) => name;
  expect(() => realArn("arn:aws:mock:us-east-1:1:Queue/jobs", same)).toThrow(
    "A policy names a Queue; its ARN is missing in tools/stage/policy/arns.ts.",
  );
  expect(realArn("arn:aws:mock:us-east-1:1:Topic/Alarms-1a2b3c4", same)).toBe(
    "arn:aws:sns:us-east-1:1:Alarms-*",
  );
});

/** False positives of Parliament, and deliberate findings. */
const SPLIT =
  "it wants all resources of a call in one statement; provider-calls.test.ts evaluates them together";
const NEWER = "its list of AWS's condition keys is older than the key";
const CHANNEL =
  "whoever opens a shell opens its channel by the session's ARN, as AWS's own examples have it";
const ACCEPTED: Record<string, string> = {
  "steadfast-bootstrap RESOURCE_POLICY_PRIVILEGE_ESCALATION ":
    "whoever sets up the account is as good as an administrator, and docs/deploy.md says so",
  "steadfast-deploy-compute RESOURCE_MISMATCH ec2": SPLIT,
  "steadfast-deploy-compute RESOURCE_MISMATCH elasticloadbalancing":
    "it wants network balancers among the resources, and the app has none",
  "steadfast-deploy-database RESOURCE_MISMATCH rds": SPLIT, // drop: quotes
  "steadfast-deploy-entrance RESOURCE_MISMATCH ec2": SPLIT,
  "steadfast-deploy-identity UNKNOWN_CONDITION_FOR_ACTION ": NEWER,
  "steadfast-deploy-network RESOURCE_MISMATCH ec2": SPLIT,
  "steadfast-deploy-network UNKNOWN_CONDITION_FOR_ACTION ": NEWER,
  "steadfast-personal-limits UNKNOWN_CONDITION_FOR_ACTION ": NEWER,
  "steadfast-personal-shell RESOURCE_MISMATCH ssmmessages": CHANNEL,
  "steadfast-shell RESOURCE_MISMATCH ssmmessages": CHANNEL,
};

describe.skipIf(!hasPython)("Parliament", () => {
  let python: string;
  beforeAll(async () => {
    python = await installLinters();
  }, 180_000);

  test("finds nothing in the policies but what is accepted, with its reason", async () => {
    const findings = await lint(python, all);
    const found = findings
      // Every resource, where its actions could have fewer: the grants have the reasons, under test.
      .filter(({ issue }) => issue !== "RESOURCE_STAR")
      .map(({ policy, issue, detail }) => `${policy} ${issue} ${services(detail).join(" ")}`);
    expect(new Set(found)).toEqual(new Set(Object.keys(ACCEPTED)));
  });

  test("would find a call that does not exist, and one that its resource does not take", async () => {
    const statement = { Effect: "Allow", Resource: "arn:aws:sns:us-east-1:123456789012:topic" };
    const wrong = (Action: string) => ({
      Version: "2012-10-17",
      Statement: [{ ...statement, Action }],
    });
    const findings = await lint(python, {
      unknown: wrong("sns:Publsh"),
      mismatch: wrong("s3:GetObject"),
    });
    expect(findings.map(({ policy, issue }) => `${policy} ${issue}`).sort()).toEqual([
      "mismatch RESOURCE_MISMATCH",
      "unknown UNKNOWN_ACTION",
    ]);
  });
});

/** The services of a finding's actions. */
function services(detail: unknown): string[] {
  const actions = JSON.stringify(detail).matchAll(/"([a-z0-9-]+):\w+"/g);
  return [...new Set([...actions].map(([, service]) => service as string))].sort();
}
