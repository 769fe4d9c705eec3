import type { Principal } from "../../../stage/policy/evaluate.ts";
import type { Cloud } from "../../checks/cloud.ts";
import type { Fleet } from "../../checks/deployment.ts";
import { present } from "../../checks/expect.ts";
import { findRole } from "../../checks/role.ts";
import type { Call } from "../report.ts";
import type { Callers } from "./judge.ts";

/** A role as IAM has it: its own and attached policies, and its boundary. */
export async function readRole(cloud: Cloud, name: string): Promise<Principal> {
  const RoleName = name;
  const { Role } = await cloud.iam.getRole({ RoleName });
  const policies: Record<string, object> = {};
  const { PolicyNames = [] } = await cloud.iam.listRolePolicies({ RoleName });
  for (const PolicyName of PolicyNames) {
    const found = await cloud.iam.getRolePolicy({ RoleName, PolicyName });
    policies[PolicyName] = parse(found.PolicyDocument);
  }
  const attached = await cloud.iam.listAttachedRolePolicies({ RoleName });
  for (const { PolicyArn, PolicyName = "" } of attached.AttachedPolicies ?? [])
    policies[PolicyName] = await readPolicy(cloud, present(PolicyArn, "a policy's ARN"));
  const boundary = Role?.PermissionsBoundary?.PermissionsBoundaryArn;
  return {
    arn: present(Role?.Arn, `role ${name}`),
    policies,
    ...(boundary && { boundary: await readPolicy(cloud, boundary) }),
  };
}

/** The roles of some groups' instances, whose access key is the group's name. */
export async function readInstances(cloud: Cloud, fleets: readonly Fleet[]): Promise<Callers> {
  const found = fleets.map(async (fleet) => {
    const group = present(fleet.group.AutoScalingGroupName, "the group's name");
    return [group, await readRole(cloud, await findRole(cloud, fleet))] as const;
  });
  return new Map(await Promise.all(found));
}

/** The roles that were assumed by STS so far, by access key. */
export async function readTakers(cloud: Cloud, calls: readonly Call[]): Promise<Callers> {
  const taken = calls.filter(({ issued }) => issued);
  const takers = taken.map(async ({ issued = "", hints }) => {
    const name = present(hints.RoleArn, "the role's ARN").split("/").at(-1) as string;
    return [issued, await readRole(cloud, name)] as const;
  });
  return new Map(await Promise.all(takers));
}

async function readPolicy({ iam }: Cloud, PolicyArn: string): Promise<object> {
  const { Policy } = await iam.getPolicy({ PolicyArn });
  const VersionId = present(Policy?.DefaultVersionId, `version of ${PolicyArn}`);
  const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn, VersionId });
  return parse(PolicyVersion?.Document);
}

/** IAM URL-encodes its documents. */
function parse(document: string | undefined): object {
  return JSON.parse(decodeURIComponent(present(document, "a policy's document")));
}
