import { LINKED_SERVICES, rolesGrants } from "sst-ec2/policy";
import { BOUNDARY, PERSONAL_BOUNDARY, policyArn } from "./access.ts";
import { type Grants, SCOPE } from "./grant.ts";

/** Roles, each with one of the two boundaries. Those below `/access/` are out of reach. */
export const identity: Grants = rolesGrants(SCOPE, {
  boundaries: [BOUNDARY, PERSONAL_BOUNDARY].map(policyArn),
  services: [
    "codebuild.amazonaws.com",
    "codepipeline.amazonaws.com",
    "ec2.amazonaws.com",
    "events.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
  ],
  linked: [
    ...LINKED_SERVICES,
    "rds.amazonaws.com", // drop: quotes
  ],
});
