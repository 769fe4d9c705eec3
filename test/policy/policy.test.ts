/** `npm run policy`: what it prints, and what a linter of IAM policies says of it. */
import { execFile, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { deployerGrants } from "../../infra/policies/deployer.ts";
import { realArn } from "../../scripts/policy/arns.ts";
import type { Policies } from "../../scripts/policy/policies.ts";
import { installParliament, lint } from "./parliament.ts";

/** As in `test/load`: where Python is missing, the linter is left out, but not in CI. */
const hasPython =
  process.env.CI !== undefined ||
  spawnSync("python3", ["-c", "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))"])
    .status === 0;

async function policy(...args: string[]): Promise<Policies> {
  const run = promisify(execFile)(process.execPath, ["scripts/policy.ts", ...args]);
  return JSON.parse((await run).stdout);
}

let all: Policies;
beforeAll(async () => {
  all = await policy("--stage", "rehearsal");
});

describe("npm run policy", () => {
  test("prints the deployer's policies as they are in infra/policies", async () => {
    const files = readdirSync("infra/policies").filter((file) => file.endsWith(".json"));
    expect(files).toHaveLength(Object.keys(deployerGrants).length);
    const printed = await policy("deployer");
    for (const file of files) {
      expect(printed[file.replace(".json", "")]).toEqual(
        JSON.parse(readFileSync(`infra/policies/${file}`, "utf8")),
      );
    }
  });

  test("prints those of the pipeline and of the instances, of the stage's own resources", () => {
    expect(Object.keys(all)).toEqual(
      expect.arrayContaining([
        "PipelinePolicy",
        "PipelineChecksPolicy",
        "PipelineDeployPolicy",
        "ApiPolicy",
      ]),
    );
    expect(JSON.stringify(all.ApiPolicy)).toContain("table/steadfast-rehearsal-UsersTable-*");
    expect(JSON.stringify(all)).not.toMatch(/arn:aws:mock|1a2b3c4/);
  });

  test("prints one kind alone", async () => {
    const instance = await policy("instance", "--stage", "ada");
    expect(Object.keys(instance)).toEqual(["ApiPolicy"]);
    expect(JSON.stringify(instance)).toContain("parameter/steadfast/ada/Api/links");
  });

  test("prints who may take the role of GitHub Actions: one environment of one repository", async () => {
    const trust = await policy(
      ...["github", "--account", "123456789012", "--repository", "ada/steadfast"],
    );
    expect(trust.Statement).toEqual([
      {
        Effect: "Allow",
        Principal: {
          Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
        },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": "repo:ada/steadfast:environment:prod",
          },
        },
      },
    ]);
  });

  test.each([
    [["everything"], '"everything" is no kind of policy; known are deployer, pipeline, instance'],
    [["deployer", "instance"], "one kind at a time, not deployer instance"],
    [["--stage", "my stage"], '--stage is "my stage"; it must be letters, digits and hyphens'],
    [["github"], "github needs --account, the 12 digits of the AWS account"],
    [["github", "--account", "123456789012"], "github needs --repository, like owner/name"],
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
  return spawnSync(process.execPath, ["scripts/policy.ts", ...args], { encoding: "utf8" });
}

test("an ARN that cannot be told is an error, not a guess", () => {
  const same = (_type: string, name: string) => name;
  expect(() => realArn("arn:aws:mock:us-east-1:1:Queue/jobs", same)).toThrow(
    "A policy names a Queue; its ARN is missing in scripts/policy/arns.ts.",
  );
  expect(realArn("arn:aws:mock:us-east-1:1:Topic/Alarms-1a2b3c4", same)).toBe(
    "arn:aws:sns:us-east-1:1:Alarms-*",
  );
});

/** What Parliament finds and is wrong about, or what is so on purpose. */
const ACCEPTED: Record<string, string> = {
  "deployer-service RESOURCE_MISMATCH elasticloadbalancing":
    "it wants network balancers among the resources, and the app has none",
};

describe.skipIf(!hasPython)("Parliament", () => {
  let python: string;
  beforeAll(async () => {
    python = await installParliament();
  }, 180_000);

  test("finds nothing in the policies but what is accepted, with its reason", async () => {
    const findings = await lint(python, all);
    const found = findings
      // Every resource, where its actions could have fewer: deployer.ts has the reasons, under test.
      .filter(({ policy, issue }) => !(issue === "RESOURCE_STAR" && policy.startsWith("deployer-")))
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
