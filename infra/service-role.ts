/// <reference path="../.sst/platform/config.d.ts" />
/** Roles that services of AWS take on. */
import { uniqueName } from "sst-ec2";

/** What a role may do. */
export interface Statement {
  actions: string[];
  resources: $util.Input<string>[];
}

/**
 * A role that one service of AWS takes on, for this account alone: what another account makes cannot
 * get the service to use it.
 */
export function serviceRole(name: string, service: string, parent: $util.Resource): aws.iam.Role {
  const account = aws.getCallerIdentityOutput({}, { parent }).accountId;
  return new aws.iam.Role(
    uniqueName(name, "aws:iam/role:Role"),
    {
      assumeRolePolicy: aws.iam.getPolicyDocumentOutput({
        statements: [
          {
            actions: ["sts:AssumeRole"],
            principals: [{ type: "Service", identifiers: [service] }],
            conditions: [
              { test: "StringEquals", variable: "aws:SourceAccount", values: [account] },
            ],
          },
        ],
      }).json,
    },
    { parent },
  );
}

/** Gives a role statements of its own. */
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
