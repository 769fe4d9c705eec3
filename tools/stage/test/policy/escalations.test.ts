/** Cloudsplaining's privilege escalations as a checklist of what a deployer cannot do. */
import { beforeAll, describe, expect, test } from "vitest";
import { boundaryGrants, deployerGrants } from "../../../../infra/policies/deployer.ts";
import { policyOf } from "../../../../infra/policies/grant.ts";
import { evaluate } from "../../policy/evaluate.ts";
import type { Policies } from "../../policy/policies.ts";
import { type Escalations, escalations, installLinters } from "./linters.ts";
import { hasPython } from "./python.ts";
import { arn, deployer, NAMED, OTHER, tagged } from "./support/account.ts";

/** Somebody else's resource, by service; any resource for services that the app does not use. */
const FOREIGN: Record<string, string> = {
  iam: arn("iam", "role/Administrator"),
  ec2: arn("ec2", "instance/i-1"),
  codebuild: arn("codebuild", "project/shop"),
  dynamodb: arn("dynamodb", "table/shop"),
  sts: arn("iam", "role/Administrator"),
};

/**
 * Parts of an escalation that the app itself needs, so they are not refused; each with its reason.
 */
const LIST_ONLY = /Describe/i;

describe.skipIf(!hasPython)("the ways to more rights that Cloudsplaining knows", () => {
  const sizes = {} as Record<"production" | "personal" | "boundary", Escalations>;
  beforeAll(async () => {
    const python = await installLinters();
    for (const size of ["production", "personal"] as const)
      sizes[size] = await escalations(python, documents(deployerGrants(size, NAMED)));
    sizes.boundary = await escalations(python, documents(boundaryGrants(NAMED)));
  }, 240_000);

  test.each(["production", "personal", "boundary"] as const)(
    "are closed by the size %s, and no secret or permission is open on every resource",
    (size) => {
      expect(Object.keys(sizes[size].methods).length).toBeGreaterThan(50);
      expect(sizes[size].open).toEqual([]);
      expect(sizes[size].unbounded).toEqual({ exfiltration: [], exposure: [], permissions: [] });
    },
  );

  test.each(["production", "personal"] as const)(
    "are refused to the size %s on what is somebody else's",
    async (size) => {
      const who = deployer(size);
      for (const [way, calls] of Object.entries(sizes[size].methods)) {
        const verdicts = await Promise.all(
          calls.map((each) => verdict(who, each).catch(() => "refused" as const)),
        );
        const decisive = verdicts.filter((_, index) => !LIST_ONLY.test(calls[index] ?? ""));
        expect([way, decisive.includes("refused")]).toEqual([way, true]);
      }
    },
  );

  test("would be found", async () => {
    const python = await installLinters();
    const wrong = (Action: string[]) => ({
      everything: {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action, Resource: "*" }],
      },
    });
    const found = await escalations(python, wrong(["iam:CreatePolicyVersion", "s3:GetObject"]));
    expect(found.open).toContain("CreateNewPolicyVersion");
    expect(found.unbounded.exfiltration).toContain("s3:GetObject");
  });
});

/** Cloudsplaining writes calls in lower case, which IAM accepts and the simulation does not. */
function verdict(who: ReturnType<typeof deployer>, action: string) {
  const [service = ""] = action.split(":");
  const resource = FOREIGN[service];
  if (!resource) return Promise.resolve("refused" as const);
  return evaluate(who, { action, resource, context: tagged(OTHER) });
}

function documents(grants: ReturnType<typeof deployerGrants>): Policies {
  return Object.fromEntries(
    Object.entries(grants).map(([name, each]) => [
      name,
      { Version: "2012-10-17", Statement: policyOf(each).Statement.map((one) => ({ ...one })) },
    ]),
  );
}
