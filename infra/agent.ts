/// <reference path="../.sst/platform/config.d.ts" />
/** The CloudWatch agent on the instances, which sends their logs and memory usage. */

import { createParameter, fixedName, type ServiceArgs } from "sst-ec2";
import { agentConfig, MEMORY_NAMESPACE } from "./agent/config.ts";
import { AGENT_DOCUMENT } from "./policies/access.ts";

interface AgentArgs {
  /** The service's name in the app, such as `Api`. */
  service: string;
  /** Log group for the service's log; without it the log stays on the instances. */
  logs: aws.cloudwatch.LogGroup | undefined;
  /** Whether memory usage is measured. */
  memory: boolean;
}

/** Arguments of a `Service` that the agent needs. */
type Agent = Required<Pick<ServiceArgs, "logFile" | "permissions">>;

/**
 * Installs the CloudWatch agent on a service's instances by a State Manager association, some
 * minutes after each boot: a boot neither waits for it nor fails with it. The package comes from
 * AWS's Distributor, through S3. A changed configuration reaches running instances. The document
 * belongs to the account, see `infra/policies/observation.ts`.
 *
 * ### Cost
 * Associations are free. The metric for memory costs $0.30 a month, whatever the number of
 * instances.
 */
export function agent({ service, logs, memory }: AgentArgs): Agent {
  if (!logs && !memory) return { logFile: false, permissions: [] };
  const name = fixedName(service, "aws:autoscaling/group:Group");
  const configuration = createParameter(
    `${service}AgentConfig`,
    {
      name: `/${$app.name}/${$app.stage}/${service}/agent`,
      description: `Configuration of the CloudWatch agent of ${service}`,
      type: "String",
      value: $util.output(logs?.name).apply((logGroup) =>
        JSON.stringify(
          agentConfig({
            service: service.toLowerCase(),
            ...(logGroup && { logGroup }),
            ...(memory && { group: name }),
          }),
        ),
      ),
    },
    {},
  );
  new aws.ssm.Association(`${service}Agent`, {
    name: AGENT_DOCUMENT,
    associationName: fixedName(`${service}Agent`, "aws:ssm/association:Association"),
    // All instances of the group, including future ones.
    targets: [{ key: "tag:aws:autoscaling:groupName", values: [name] }],
    // A changed parameter reapplies the association; an unchanged name would not.
    parameters: {
      configuration: configuration.name,
      version: $interpolate`${configuration.version}`,
    },
    documentVersion: "$LATEST",
    complianceSeverity: "MEDIUM",
  });
  return {
    logFile: logs !== undefined,
    permissions: [...installation(configuration), ...permissions(logs, memory)],
  };
}

/** Calls of the SSM agent that install and configure the CloudWatch agent. */
function installation(configuration: aws.ssm.Parameter): Agent["permissions"] {
  const account = aws.getCallerIdentityOutput().accountId;
  const partition = aws.getPartitionOutput().partition;
  const region = aws.getRegionOutput().name;
  const instances = $interpolate`arn:${partition}:ec2:${region}:${account}:instance/*`;
  const ssm = $interpolate`arn:${partition}:ssm:${region}:${account}`;
  return [
    { actions: ["ssm:ListInstanceAssociations", "ssm:PutComplianceItems"], resources: [instances] },
    {
      actions: ["ssm:UpdateInstanceAssociationStatus"],
      resources: [instances, $interpolate`${ssm}:association/*`],
    },
    { actions: ["ssm:GetDocument"], resources: [$interpolate`${ssm}:document/${AGENT_DOCUMENT}`] },
    // AWS's packages; these calls have no resource.
    { actions: ["ssm:GetManifest", "ssm:PutConfigurePackageResult"], resources: ["*"] },
    { actions: ["ssm:GetParameter"], resources: [configuration.arn] },
  ];
}

/** The agent's calls. The log group exists, and no other is writable. */
function permissions(logs: AgentArgs["logs"], memory: boolean): Agent["permissions"] {
  return [
    ...(logs
      ? [
          {
            actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
            resources: [$interpolate`${logs.arn}:*`],
          },
        ]
      : []),
    ...(memory
      ? [
          {
            actions: ["cloudwatch:PutMetricData"],
            // Metrics have no ARN; AWS restricts them by a condition.
            resources: ["*"],
            conditions: [
              {
                test: "StringEquals",
                variable: "cloudwatch:namespace",
                values: [MEMORY_NAMESPACE],
              },
            ],
          },
        ]
      : []),
  ];
}
