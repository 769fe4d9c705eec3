/** Roles for AWS services. */
import { uniqueName } from "sst-ec2";
import { here } from "../program/here.ts";

export interface Statement {
  actions: string[];
  resources: $util.Input<string>[];
}

/** Usable for this account only: resources of another cannot make the service use it. */
export function serviceRole(name: string, service: string, parent: $util.Resource): aws.iam.Role {
  const values = [here(parent).account];
  return new aws.iam.Role(
    uniqueName(name, "aws:iam/role:Role"),
    {
      assumeRolePolicy: aws.iam.getPolicyDocumentOutput({
        statements: [
          {
            actions: ["sts:AssumeRole"],
            principals: [{ type: "Service", identifiers: [service] }],
            conditions: [{ test: "StringEquals", variable: "aws:SourceAccount", values }],
          },
        ],
      }).json,
    },
    { parent },
  );
}

export function allow(
  name: string,
  role: aws.iam.Role,
  parent: $util.Resource,
  statements: Statement[],
): aws.iam.RolePolicy {
  return new aws.iam.RolePolicy(
    name,
    { role: role.id, policy: aws.iam.getPolicyDocumentOutput({ statements }).json },
    { parent },
  );
}
