/** What whoever deploys an app with the library may do, as IAM policies. Pure. */
import { computeGrants } from "./compute.ts";
import { entranceGrants } from "./entrance.ts";
import { type PolicyDocument, policyOf, type Scope } from "./grant.ts";
import { namesGrants } from "./names.ts";
import { networkGrants } from "./network.ts";
import { observationGrants } from "./observation.ts";
import { boundaryGrants, boundaryName, rolesGrants } from "./roles.ts";
import { stateGrants } from "./state.ts";
import { storageGrants } from "./storage.ts";

export { computeGrants } from "./compute.ts";
export { entranceGrants } from "./entrance.ts";
export {
  type Condition,
  conditionsOf,
  ec2,
  type Grant,
  type Grants,
  NO_RESOURCES,
  POLICY_CHARACTERS,
  type PolicyDocument,
  policyOf,
  type Scope,
  type Statement,
} from "./grant.ts";
export { namesGrants } from "./names.ts";
export { networkGrants } from "./network.ts";
export { observationGrants } from "./observation.ts";
export {
  boundaryGrants,
  boundaryName,
  LINKED_SERVICES,
  type RolesOptions,
  rolesGrants,
} from "./roles.ts";
export { stateGrants } from "./state.ts";
export { storageGrants } from "./storage.ts";

/**
 * The policies of a deployer by name, each small enough for a managed policy: for SST's own state, an
 * `sst.aws.Vpc`, and all that `Alb`, `Service` and `Artifacts` make. What else the app has comes on top.
 *
 * They cannot be made more of: a role needs the boundary of {@link boundaryPolicy}, which `boundRoles` gives
 * it, and that policy is out of their reach.
 *
 * @param domains The app's domains; without any there are no rights on zones and certificates.
 */
export function deployerPolicies(
  scope: Scope,
  domains: readonly string[] = [],
): Record<string, PolicyDocument> {
  const { app } = scope;
  return {
    [`${app}-deploy-sst`]: policyOf({ ...stateGrants(scope), ...storageGrants(scope) }),
    [`${app}-deploy-network`]: policyOf(networkGrants(scope)),
    [`${app}-deploy-compute`]: policyOf(computeGrants(scope)),
    [`${app}-deploy-roles`]: policyOf({
      ...rolesGrants(scope),
      ...observationGrants(scope),
      ...entranceGrants(scope),
      ...(domains.length > 0 && namesGrants(scope, domains)),
    }),
  };
}

/**
 * The permissions boundary of the app's roles, by its name. Whoever looks after the account makes it once, and
 * adds what else the app's links allow.
 */
export function boundaryPolicy(scope: Scope): Record<string, PolicyDocument> {
  return { [boundaryName(scope)]: policyOf(boundaryGrants(scope)) };
}
