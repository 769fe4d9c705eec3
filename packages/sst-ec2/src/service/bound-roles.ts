/** The permissions boundary of every role of an app. */
import { fixedName } from "../sst/naming.ts";

/**
 * Gives every role of the app a permissions boundary, SST's own included: whoever deploys with the policies
 * of `npx sst-ec2 policy` can create no other. Call it before any role is created, at the beginning of
 * `run()`.
 *
 * The NAT instances of an `sst.aws.Vpc` lose AWS's policy for Session Manager, which would let them read
 * every parameter of the account. They call nothing.
 *
 * @param policy Name of the managed policy, with its path where it has one.
 *
 * @example
 * ```ts
 * const { boundRoles } = await import("sst-ec2");
 * boundRoles();
 * ```
 */
export function boundRoles(policy: string = `${$app.name}-boundary`): void {
  const account = aws.getCallerIdentityOutput().accountId;
  const partition = aws.getPartitionOutput().partition;
  const boundary = $interpolate`arn:${partition}:iam::${account}:policy/${policy}`;
  $transform(aws.iam.Role, (args) => {
    args.permissionsBoundary ??= boundary;
    delete args.managedPolicyArns;
  });
  // SST leaves the app's name out of the NAT instances' profile.
  $transform(aws.iam.InstanceProfile, (args, _options, logicalName) => {
    if (args && !logicalName.startsWith($app.name))
      args.name ??= fixedName(logicalName, "aws:iam/instanceProfile:InstanceProfile");
  });
}
