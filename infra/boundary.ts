/// <reference path="../.sst/platform/config.d.ts" />
import { fixedName } from "sst-ec2";
import { BOUNDARY, PATH, PERSONAL_BOUNDARY } from "./policies/access.ts";
import type { Stage } from "./stages.ts";

/**
 * Bounds every role of the app, SST's own included, by the account's permissions boundary: whoever
 * deploys may make no other. The access stack has it (`docs/deploy.md`); call this before anything
 * makes a role.
 *
 * SST's NAT instances lose AWS's policy for Session Manager, with which they could read every
 * parameter of the account. They call nothing.
 *
 * @param stage A stage that is kept has a boundary of its own.
 */
export function boundRoles(stage: Stage): void {
  const account = aws.getCallerIdentityOutput().accountId;
  const partition = aws.getPartitionOutput().partition;
  const name = stage.retain ? BOUNDARY : PERSONAL_BOUNDARY;
  const boundary = $interpolate`arn:${partition}:iam::${account}:policy${PATH}${name}`;
  $transform(aws.iam.Role, (args) => {
    args.permissionsBoundary ??= boundary;
    delete args.managedPolicyArns;
  });
  // SST leaves the app out of the name of the NAT instances' one.
  $transform(aws.iam.InstanceProfile, (args, _options, logicalName) => {
    if (args && !logicalName.startsWith($app.name))
      args.name ??= fixedName(logicalName, "aws:iam/instanceProfile:InstanceProfile");
  });
}
