/** An account with this app, another app, and deployers, for the simulations. */
import {
  boundaryGrants,
  deployerGrants,
  type Named,
  type PolicyGrants,
  type Size,
} from "../../../../../infra/policies/deployer.ts";
import { policyOf } from "../../../../../infra/policies/grant.ts";
import type { Principal } from "../../../policy/evaluate.ts";

export const ACCOUNT = "123456789012";

/** A table of stages with one that is kept, and a domain. */
export const NAMED: Named = {
  kept: ["prod"],
  domains: ["api.example.com"],
  connections: [],
  secrets: [],
};

/** `arn:aws:service:region:account:rest`, as far as the service has them. */
export function arn(service: string, rest: string): string {
  const global =
    ["iam", "s3", "route53", "budgets", "cloudfront"].includes(service) || /^dashboard/.test(rest);
  const region = global ? "" : "us-east-1";
  const account = ["s3", "route53"].includes(service) ? "" : ACCOUNT;
  return `arn:aws:${service}:${region}:${account}:${rest}`;
}

/** Whoever deploys, a person's role. */
export function deployer(size: Size): Principal {
  return { arn: arn("iam", "role/Developer"), policies: documents(deployerGrants(size, NAMED)) };
}

/** A role that a deployer made, and gave every right. */
export function madeRole(
  boundary: "steadfast-boundary" | "steadfast-personal-boundary",
): Principal {
  const everything = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
  };
  return {
    arn: arn("iam", "role/steadfast-ada-Made"),
    policies: { everything },
    boundary: documents(boundaryGrants(NAMED))[boundary] as object,
  };
}

/** The tags of something, as the context of a call on it has them. */
export const tagged = (tags: Record<string, string>, kind = "Resource") =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:${kind}Tag/${key}`, value]));

/** Of a personal stage, of production, and of another app. */
export const ADA = { app: "steadfast", stage: "ada", "sst:app": "steadfast", "sst:stage": "ada" };
export const PROD = { ...ADA, stage: "prod", "sst:stage": "prod" };
export const OTHER = { app: "shop", stage: "prod", "sst:app": "shop", "sst:stage": "prod" };

function documents(grants: PolicyGrants): Record<string, object> {
  return Object.fromEntries(Object.entries(grants).map(([name, each]) => [name, policyOf(each)]));
}
