/// <reference path="../../.sst/platform/config.d.ts" />
import { uniqueName } from "../components/naming.ts";
import { deployerGrants, deployerPolicy } from "../policies/deployer.ts";

/**
 * The documented policies of whoever deploys (`infra/policies/`), word for word, for the role that
 * deploys here. Several, because IAM takes 6144 characters a policy.
 */
export function deployerPolicies(parent: $util.Resource): aws.iam.Policy[] {
  return Object.entries(deployerGrants).map(
    ([name, grants]) =>
      new aws.iam.Policy(
        uniqueName(`Deployer-${name}`, "aws:iam/policy:Policy"),
        {
          description: `infra/policies/deployer-${name}.json`,
          policy: JSON.stringify(deployerPolicy(grants)),
        },
        { parent },
      ),
  );
}
