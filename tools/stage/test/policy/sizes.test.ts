/** The sizes of the deployers' rights, as IAM takes them. */
import { describe, expect, test } from "vitest";
import {
  boundaryGrants,
  deployerGrants,
  namedBy,
  SIZES,
  shellGrants,
} from "../../../../infra/policies/deployer.ts";
import { POLICY_CHARACTERS, policyOf } from "../../../../infra/policies/grant.ts";
import { stages } from "../../../../infra/stages.ts";
import { NAMED } from "./support/account.ts";

/** With all that stages can name. */
const named = {
  ...NAMED,
  kept: ["prod", "staging"],
  connections: ["arn:aws:codeconnections:us-east-1:123456789012:connection/a"],
  secrets: ["arn:aws:secretsmanager:us-east-1:123456789012:secret:git-a1b2c3"],
};
const policies = Object.entries({
  ...Object.assign({}, ...SIZES.map((size) => deployerGrants(size, named))),
  ...shellGrants(named),
  ...boundaryGrants(named),
} as ReturnType<typeof deployerGrants>);

describe.each(policies)("%s", (_name, grants) => {
  test("fits into a managed policy", () => {
    expect(JSON.stringify(policyOf(grants)).length).toBeLessThanOrEqual(POLICY_CHARACTERS);
  });

  test("allows no wildcard in an action, and every resource only with a reason", () => {
    for (const { on, calls, effect, reason } of Object.values(grants)) {
      if (effect !== "Deny") expect(JSON.stringify(calls)).not.toContain("*");
      if (on.includes("*")) expect(reason).toMatch(/\w+ .*\./);
    }
  });
});

test.each(SIZES)("the size %s can be attached to one role", (size) => {
  expect(Object.keys(deployerGrants(size, named)).length).toBeLessThanOrEqual(10);
});

test("what the stages name is in the policies, and without a domain there is no right on zones", () => {
  const without = JSON.stringify(deployerGrants("production", { ...named, domains: [] }));
  expect(without).not.toContain("hostedzone/*");
  expect(without).not.toContain("acm");
  const source = { connection: named.connections[0] as string };
  expect(
    namedBy({
      prod: { ...stages.prod, domain: "api.example.com" },
      next: { pipeline: { repository: "a/b", branch: "main", source } },
      old: {
        pipeline: {
          repository: "a/b",
          branch: "x",
          source: { secret: named.secrets[0] as string },
        },
      },
      new: { pipeline: { repository: "a/b", branch: "y", source: { connection: "new" } } },
    }),
  ).toEqual({ ...NAMED, connections: named.connections, secrets: named.secrets });
});

test("a table without a kept stage has no statement without resources", () => {
  for (const grants of [
    ...Object.values(deployerGrants("personal", { ...named, kept: [] })),
    ...Object.values(boundaryGrants({ ...named, kept: [] })),
  ])
    for (const { Resource } of policyOf(grants).Statement) expect(Resource).not.toEqual([]);
});
