import assert from "node:assert/strict";
import { type TableName, tables } from "@steadfast/core/tables";
import type { Cloud } from "./cloud.ts";
import type { Deployment, Fleet } from "./deployment.ts";
import { only, present, same } from "./expect.ts";

/** A statement as IAM has it. */
export interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
}

/** What the role must allow beyond the tables' actions. */
export interface RoleExpectation {
  tables: Record<TableName, string>;
  /** What user data and the scripts it installs call. */
  calls: { action: string; arn: string }[];
}

/** The instances' role grants what core calls and what a boot calls, on those resources, without a wildcard action. */
export async function checkRole(
  cloud: Cloud,
  deployment: Deployment,
  expected: RoleExpectation,
): Promise<void> {
  const statements = await readStatements(cloud, deployment);
  for (const statement of statements) {
    const wild = list(statement.Action).filter((action) => action.includes("*"));
    same(wild, [], "wildcard actions of the instances' role");
  }
  for (const [name, { actions }] of Object.entries(tables)) {
    const table = `table/${expected.tables[name as TableName]}`;
    same(actionsOn(statements, table), [...actions.table].sort(), `actions on ${name}`);
    const indexes = "indexes" in actions ? [...actions.indexes].sort() : [];
    same(actionsOn(statements, `${table}/index/`, true), indexes, `actions on ${name}'s indexes`);
  }
  for (const { action, arn } of expected.calls) {
    assert.ok(
      allows(statements, action, arn),
      `the instances' role does not allow ${action} on ${arn}`,
    );
  }
}

/** What the instances of a group may do. */
export async function readStatements(cloud: Cloud, fleet: Fleet): Promise<Statement[]> {
  return findStatements(cloud, await findRole(cloud, fleet));
}

/** Name of the role of a group's instances. */
export async function findRole(cloud: Cloud, { template }: Fleet): Promise<string> {
  const profile = present(template.IamInstanceProfile, "launch template's instance profile");
  const name = profile.Name ?? profile.Arn?.split("/").at(-1);
  const { InstanceProfile } = await cloud.iam.getInstanceProfile({ InstanceProfileName: name });
  const role = only(InstanceProfile?.Roles, "role of the instance profile");
  const trust = JSON.parse(
    decodeURIComponent(present(role.AssumeRolePolicyDocument, "trust policy")),
  );
  same(
    only(trust.Statement as { Principal: unknown }[], "trust statement").Principal,
    { Service: "ec2.amazonaws.com" },
    "who may take the role",
  );
  return present(role.RoleName, "role's name");
}

/** Every statement: those of inline policies, for none is attached. */
async function findStatements(cloud: Cloud, RoleName: string): Promise<Statement[]> {
  const documents: string[] = [];
  const { PolicyNames = [] } = await cloud.iam.listRolePolicies({ RoleName });
  for (const PolicyName of PolicyNames) {
    const { PolicyDocument } = await cloud.iam.getRolePolicy({ RoleName, PolicyName });
    documents.push(present(PolicyDocument, PolicyName));
  }
  const { AttachedPolicies = [] } = await cloud.iam.listAttachedRolePolicies({ RoleName });
  same(AttachedPolicies, [], "policies that are attached to the instances' role");
  return documents.flatMap((text) => list(JSON.parse(decodeURIComponent(text)).Statement));
}

function list<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value];
}

/** DynamoDB actions granted on resources whose ARN ends with the text, or goes on after it. */
function actionsOn(statements: Statement[], resource: string, prefix = false): string[] {
  const concerned = statements.filter((each) =>
    list(each.Resource).some((arn) => (prefix ? arn.includes(resource) : arn.endsWith(resource))),
  );
  return [...new Set(concerned.flatMap((each) => list(each.Action)))].sort();
}

/** Whether a statement allows an action on a resource; `*` in a resource stands for any text. */
export function allows(statements: Statement[], action: string, arn: string): boolean {
  return statements.some(
    (each) =>
      each.Effect === "Allow" &&
      list(each.Action).includes(action) &&
      list(each.Resource).some((pattern) => matches(pattern, arn)),
  );
}

function matches(pattern: string, arn: string): boolean {
  return new RegExp(`^${pattern.split("*").map(RegExp.escape).join(".*")}$`).test(arn);
}
