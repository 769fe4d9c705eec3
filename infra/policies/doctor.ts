import { policyArn } from "./access.ts";
import { type Grants, NO_RESOURCES } from "./grant.ts";

/** What `npm run doctor` calls beyond a deploy. Read-only. */
export const doctor: Grants = {
  Rights: {
    // Deployers have names that the account chose.
    on: ["arn:aws:iam::*:role/*", "arn:aws:iam::*:user/*"],
    calls: { iam: "SimulatePrincipalPolicy" },
  },
  DeployersRole: { on: ["arn:aws:iam::*:role/*"], calls: { iam: "GetRole" } },
  Access: { on: [policyArn("*")], calls: { iam: "GetPolicy GetPolicyVersion" } },
  Lists: {
    on: ["*"],
    reason: NO_RESOURCES,
    calls: { codebuild: "ListSourceCredentials" },
  },
};
