/// <reference path="../../.sst/platform/config.d.ts" />
import { fixedName } from "sst-ec2";
import type { Stage } from "../stages.ts";
import { BOUNDARY, PATH, PERSONAL_BOUNDARY } from "./access.ts";

/**
 * Attaches the account's permissions boundary to every role of the app, SST's own included, because
 * a deployer may not create any other. The boundary comes from the access stack (`docs/deploy.md`).
 * Call this before any role is created.
 *
 * SST's NAT instances lose AWS's Session Manager policy, which would let them read every parameter
 * of the account. They call nothing.
 *
 * @param stage A retained stage has a boundary of its own.
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
  // SST leaves the app's name out of the NAT instances' profile.
  $transform(aws.iam.InstanceProfile, (args, _options, logicalName) => {
    if (args && !logicalName.startsWith($app.name))
      args.name ??= fixedName(logicalName, "aws:iam/instanceProfile:InstanceProfile");
  });
}
