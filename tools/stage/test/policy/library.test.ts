/**
 * What `npx sst-ec2 policy` gives whoever deploys another app: enough for it, and no way to more; simulated.
 */

import {
  boundaryGrants,
  boundaryPolicy,
  deployerPolicies,
  type Grants,
  observationGrants,
  POLICY_CHARACTERS,
  rolesGrants,
} from "sst-ec2/policy";
import { describe, expect, test } from "vitest";
import { type Call, evaluate, type Principal } from "../../policy/evaluate.ts";
import { arn, tagged } from "./support/account.ts";

const SCOPE = { app: "shop" };
const OWN = { "sst:app": "shop", "sst:stage": "ada" };
const OTHER = { "sst:app": "crm", "sst:stage": "prod" };
const BOUNDARY = arn("iam", "policy/shop-boundary");
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const bounded = { "iam:PermissionsBoundary": BOUNDARY };

const policies = deployerPolicies(SCOPE, ["shop.example.com"]);
/** A person, and a role that is called as the app's own are. */
const deployers = ["Deployer", "shop-deployer"].map(
  (name): Principal => ({ arn: role(name), policies }),
);
/** A role that a deployer made, and gave every right. */
const made: Principal = {
  arn: role("shop-ada-Made"),
  policies: {
    everything: {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
    },
  },
  boundary: boundaryPolicy(SCOPE)["shop-boundary"] as object,
};

function role(name: string): string {
  return arn("iam", `role/${name}`);
}
const call = (action: string, resource: string, context: Call["context"] = {}): Call => ({
  action,
  resource,
  context,
});

const APP_ROLE = role("shop-ada-ApiRole-1a2b3c4");

const own: Call[] = [
  call("iam:CreateRole", APP_ROLE, { ...bounded, ...tagged(OWN, "Request") }),
  call("iam:PutRolePolicy", APP_ROLE, bounded),
  call("iam:PassRole", APP_ROLE, { "iam:PassedToService": "ec2.amazonaws.com" }),
  call("iam:AddRoleToInstanceProfile", arn("iam", "instance-profile/shop-ada-ApiProfile-1")),
  call("sts:AssumeRole", role("shop-ada-ApiDevRole-1a2b3c4")),
  call("logs:CreateLogGroup", arn("logs", "log-group:/shop/ada/api")),
  call("logs:PutRetentionPolicy", arn("logs", "log-group:/shop/ada/api")),
  call("cloudwatch:PutMetricAlarm", arn("cloudwatch", "alarm:shop-ada-ApiErrors")),
  call("ec2:StopInstances", arn("ec2", "instance/i-1"), tagged(OWN)),
  call("ssm:GetParameter", arn("ssm", "parameter/sst/passphrase/shop/ada")),
];

/** Each call is an attack on its own. */
const attacks: Record<string, Call[]> = {
  "write into the own role, or change who may take it": ["Deployer", "shop-deployer"].flatMap(
    (name) =>
      ["PutRolePolicy", "UpdateAssumeRolePolicy", "AttachRolePolicy"].map((action) =>
        call(`iam:${action}`, role(name), { "iam:PolicyARN": ADMINISTRATOR }),
      ),
  ),
  "attach a policy to a role of the app": [
    call("iam:AttachRolePolicy", APP_ROLE, { ...bounded, "iam:PolicyARN": ADMINISTRATOR }),
    call("iam:AttachRolePolicy", APP_ROLE, {
      ...bounded,
      "iam:PolicyARN": arn("iam", "policy/shop-own"),
    }),
  ],
  "make a role without the boundary, or with another": [
    call("iam:CreateRole", APP_ROLE, tagged(OWN, "Request")),
    call("iam:CreateRole", APP_ROLE, { "iam:PermissionsBoundary": ADMINISTRATOR }),
    call("iam:PutRolePermissionsBoundary", APP_ROLE, { "iam:PermissionsBoundary": ADMINISTRATOR }),
    call("iam:DeleteRolePermissionsBoundary", APP_ROLE, bounded),
    call("iam:PutRolePolicy", APP_ROLE),
  ],
  "write policies, the boundary among them": [
    "shop-boundary",
    "shop-deploy-roles",
    "shop-ada-all",
  ].flatMap((name) =>
    ["CreatePolicy", "CreatePolicyVersion", "SetDefaultPolicyVersion", "DeletePolicy"].map(
      (action) => call(`iam:${action}`, arn("iam", `policy/${name}`)),
    ),
  ),
  "make people, or keys for them": [
    call("iam:CreateUser", arn("iam", "user/eve")),
    call("iam:CreateAccessKey", arn("iam", "user/ada")),
    call("iam:CreateLoginProfile", arn("iam", "user/ada")),
    call("iam:AddUserToGroup", arn("iam", "group/Administrators")),
  ],
  "pass or take a foreign role": [
    call("iam:PassRole", role("Administrator"), { "iam:PassedToService": "ec2.amazonaws.com" }),
    call("iam:PassRole", APP_ROLE, { "iam:PassedToService": "lambda.amazonaws.com" }),
    call("sts:AssumeRole", role("Administrator")),
    call("sts:AssumeRole", APP_ROLE),
  ],
  "run something on instances": [
    ...["AWS-RunShellScript", "shop-ada-Evil"].flatMap((name) =>
      ["CreateDocument", "SendCommand", "CreateAssociation"].map((action) =>
        call(`ssm:${action}`, arn("ssm", `document/${name}`)),
      ),
    ),
    call("ssm:StartSession", arn("ec2", "instance/i-1"), tagged(OWN)),
  ],
  "touch another app's": [
    call("ec2:StopInstances", arn("ec2", "instance/i-1"), tagged(OTHER)),
    call("ec2:CreateTags", arn("ec2", "instance/i-1"), {
      ...tagged(OTHER),
      ...tagged(OWN, "Request"),
    }),
    call("ssm:GetParameter", arn("ssm", "parameter/crm/prod/Api/links")),
    call("ssm:GetParameter", arn("ssm", "parameter/sst/passphrase/crm/prod")),
    call("s3:GetObject", arn("s3", "sst-state-abc/app/crm/prod.json")),
    call("logs:DeleteLogGroup", arn("logs", "log-group:/crm/prod/api")),
    call("iam:PutRolePolicy", role("crm-prod-ApiRole-1"), bounded),
  ],
};

describe.each(deployers)("who deploys as $arn", (who) => {
  test("can do it", async () => {
    for (const each of own) expect([each, await evaluate(who, each)]).toEqual([each, "allowed"]);
  });

  test.each(Object.entries(attacks))("cannot %s", async (_, calls) => {
    for (const each of calls) expect([each, await evaluate(who, each)]).toEqual([each, "refused"]);
  });
});

test("a role that a deployer makes gets nobody further, whatever it is given", async () => {
  const refused = [
    ...Object.values(attacks).flat(),
    call("iam:CreateRole", APP_ROLE, bounded),
    call("sts:AssumeRole", role("Administrator")),
    call("dynamodb:GetItem", arn("dynamodb", "table/crm-prod-Users")),
    call("logs:PutLogEvents", arn("logs", "log-group:/crm/prod/api:log-stream:i-1")),
  ];
  for (const each of refused) expect([each, await evaluate(made, each)]).toEqual([each, "refused"]);
  const allowed = [
    call("ssm:GetParameter", arn("ssm", "parameter/shop/ada/Api/links")),
    call("dynamodb:GetItem", arn("dynamodb", "table/shop-ada-NotesTable-1a2b")),
    call("logs:PutLogEvents", arn("logs", "log-group:/shop/ada/api:log-stream:i-1")),
  ];
  for (const each of allowed) expect([each, await evaluate(made, each)]).toEqual([each, "allowed"]);
});

describe("the printed policies", () => {
  test.each(Object.entries({ ...policies, ...boundaryPolicy(SCOPE) }))(
    "fit into a managed policy: %s",
    (_, document) => {
      expect(JSON.stringify(document).length).toBeLessThanOrEqual(POLICY_CHARACTERS);
    },
  );

  test("name no action by a wildcard, and every resource only with a reason", () => {
    const all: Grants = {
      ...rolesGrants(SCOPE),
      ...observationGrants(SCOPE),
      ...boundaryGrants(SCOPE),
    };
    for (const { on, calls, reason } of Object.values(all)) {
      expect(JSON.stringify(calls)).not.toContain("*");
      if (on.includes("*")) expect(reason).toMatch(/\w+ .*\./);
    }
  });
});
