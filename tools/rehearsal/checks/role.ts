import type { Cloud } from "./cloud.ts";
import type { Fleet } from "./deployment.ts";
import { only, present, same } from "./expect.ts";

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
