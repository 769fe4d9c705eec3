import type { Service, ServiceArgs } from "sst-ec2";
import { SHELL_DOCUMENT, SHELL_LOG } from "../policies/access.ts";
import { here } from "../program/here.ts";

/**
 * Calls of the SSM agent that record shells. Document and log group belong to the account, see
 * `policies/shell.ts`.
 *
 * ### Cost
 * $0.50 a GB of what is typed and shown, and $0.03 a GB and month.
 */
export function shellRecord(): NonNullable<ServiceArgs["permissions"]> {
  const { account, partition, region } = here();
  return [
    {
      actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      resources: [
        $interpolate`arn:${partition}:logs:${region}:${account}:log-group:${SHELL_LOG}:*`,
      ],
    },
    // The agent looks for the log group before it writes. The call has no resource.
    { actions: ["logs:DescribeLogGroups"], resources: ["*"] },
  ];
}

/** The command that opens a shell on one of a group's instances. */
export function shellCommand(service: Service): $util.Output<string> {
  return $interpolate`${service.shell} --document-name ${SHELL_DOCUMENT}`;
}
