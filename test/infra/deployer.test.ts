/** The deployer's policies: as small as they can be, and enough for what the app uses. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { deployerGrants, deployerPolicy } from "../../infra/policies/deployer.ts";
import { stages } from "../../infra/stages.ts";
import { runProgram } from "../../scripts/graph/program.ts";

const POLICIES = Object.entries(deployerGrants);
const granted = new Set(
  POLICIES.flatMap(([, grants]) =>
    Object.values(grants).flatMap(({ actions }) => Object.keys(actions)),
  ),
);

describe.each(POLICIES)("deployer-%s.json", (name, grants) => {
  const policy = deployerPolicy(grants);

  test("is what the grants say (vitest -u writes it anew)", async () => {
    await expect(`${JSON.stringify(policy, null, 2)}\n`).toMatchFileSnapshot(
      `../../infra/policies/deployer-${name}.json`,
    );
  });

  test("fits into a managed policy", () => {
    expect(JSON.stringify(policy).length).toBeLessThanOrEqual(6144);
  });

  test("has no wildcard in an action, and every resource only with a reason", () => {
    for (const { resources, reason, actions } of Object.values(grants)) {
      expect(
        Object.values(actions)
          .flat()
          .filter((action) => action.includes("*")),
      ).toEqual([]);
      if (resources.includes("*")) expect(reason).toMatch(/\w+ .*\./);
    }
  });
});

const SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:git-a1b2c3";

describe("the types of resources that the app uses", () => {
  const used = new Set<string>();
  beforeAll(async () => {
    stages.everything = {
      ...stages.prod,
      nat: "managed",
      domain: "api.example.com",
      edge: true,
      pipeline: { repository: "a/b", branch: "main", source: { connection: "new" } },
      alarmEmails: ["ops@example.com"],
      monthlyBudget: 100,
      quotes: true,
    };
    stages.instances = {
      nat: "ec2",
      pipeline: { repository: "a/b", branch: "main", source: { secret: SECRET_ARN } },
    };
    vi.stubEnv("SST_SECRET_CmcApiKey", "key");
    for (const options of [
      { stage: "everything" },
      { stage: "instances" },
      { stage: "ada", dev: true },
    ]) {
      const { resources } = await runProgram(options);
      for (const { type } of resources)
        if (type.startsWith("aws:") || type.startsWith("pulumi-nodejs:")) used.add(type);
    }
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    delete stages.everything;
    delete stages.instances;
  });

  test("are all granted", () => {
    expect([...used].filter((type) => !granted.has(type))).toEqual([]);
  });

  test("are all that is granted", () => {
    const types = [...granted].filter((name) => name.includes(":"));
    expect(types.filter((type) => !used.has(type))).toEqual([]);
  });
});
