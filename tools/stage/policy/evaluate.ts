/** Evaluates whether IAM would allow a call, with `@cloud-copilot/iam-simulate`. */
import { runSimulation } from "@cloud-copilot/iam-simulate";

/** The caller. */
export interface Principal {
  /** ARN of a role or user. */
  arn: string;
  /** Attached policy documents by name. */
  policies: Record<string, object>;
  /** The permissions boundary's document. */
  boundary?: object;
}

/** A call on one of the resources that AWS checks for it. */
export interface Call {
  /** In policy notation: `ec2:RunInstances`. */
  action: string;
  /** The ARN; `*` for calls without a resource. */
  resource: string;
  /** Context keys, such as `aws:ResourceTag/app`. */
  context?: Record<string, string | string[]>;
}

/** IAM's answer. */
export type Verdict = "allowed" | "refused";

const ACCOUNT = "123456789012";

const KEY_POLICY = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
      Action: "kms:*",
      Resource: "*",
    },
  ],
};

/**
 * Whether a principal may make a call in its account.
 *
 * Context keys that AWS does not provide for this call are dropped, as AWS would.
 *
 * @throws When IAM does not know the call, or a policy is invalid.
 *
 * @example
 * ```ts
 * await evaluate(deployer, { action: "ec2:DeleteVpc", resource: vpc, context: { "aws:ResourceTag/app": "other" } });
 * // "refused"
 * ```
 */
export async function evaluate(
  { arn, policies, boundary }: Principal,
  { action, resource, context = {} }: Call,
): Promise<Verdict> {
  const result = await runSimulation(
    {
      request: {
        principal: arn,
        action,
        resource: { resource, accountId: accountOf(resource) },
        contextVariables: context,
      },
      identityPolicies: Object.entries(policies).map(([name, policy]) => ({ name, policy })),
      // A key's own policy must allow it, too; AWS-managed keys delegate to IAM.
      ...(action.startsWith("kms:") && { resourcePolicy: KEY_POLICY }),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(boundary && { permissionBoundaryPolicies: [{ name: "boundary", policy: boundary }] }),
    },
    {},
  );
  if (result.resultType === "error")
    throw new Error(`${action} on ${resource}: ${JSON.stringify(result.errors)}`);
  return result.overallResult === "Allowed" ? "allowed" : "refused";
}

/** ARNs of buckets and of AWS's own resources have no account; use the caller's. */
function accountOf(resource: string): string {
  return resource.split(":")[4] || ACCOUNT;
}
