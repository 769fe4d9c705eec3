import { policyArn } from "./access.ts";
import { type Grants, NO_RESOURCES } from "./grant.ts";

/** What `npm run doctor` asks besides what a deploy does. It only reads. */
export const doctor: Grants = {
  Rights: {
    // Of whoever deploys, by a name that the account chose.
    on: ["arn:aws:iam::*:role/*", "arn:aws:iam::*:user/*"],
    calls: { iam: "SimulatePrincipalPolicy" },
  },
  DeployersRole: { on: ["arn:aws:iam::*:role/*"], calls: { iam: "GetRole" } },
  Access: { on: [policyArn("*")], calls: { iam: "GetPolicy" } },
  Lists: {
    on: ["*"],
    reason: NO_RESOURCES,
    calls: { codebuild: "ListSourceCredentials" },
  },
};
