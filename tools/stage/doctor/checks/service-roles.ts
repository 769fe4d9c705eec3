import { IAM } from "@aws-sdk/client-iam";
import { type Check, note, ok } from "../check.ts";
import { options } from "../clients.ts";
import { SERVICE_ROLES } from "../service-roles.ts";

/** Roles that AWS creates at a service's first use; `rights` checks whether it may. */
export const serviceRoles: Check = {
  name: "service-linked roles",
  async look({ needs, region }) {
    const iam = new IAM(options(region));
    const there = await Promise.all(needs.serviceRoles.map((each) => exists(iam, each)));
    const missing = needs.serviceRoles.filter((_, index) => !there[index]);
    if (missing.length === 0) return ok(`there for ${needs.serviceRoles.join(", ")}`);
    return note(
      `AWS makes those of ${missing.join(", ")} at the first use; a first deploy may wait for them`,
      missing
        .map((each) => `aws iam create-service-linked-role --aws-service-name ${each}`)
        .join(" && "),
    );
  },
};

async function exists(iam: IAM, service: string): Promise<boolean> {
  const RoleName = SERVICE_ROLES[service]?.role;
  try {
    await iam.getRole({ RoleName });
    return true;
  } catch (error) {
    if ((error as Error).name.startsWith("NoSuchEntity")) return false;
    throw error;
  }
}
