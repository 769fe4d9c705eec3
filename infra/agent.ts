/// <reference path="../.sst/platform/config.d.ts" />
/** The CloudWatch agent on the instances: brings their logs and their use of memory out. */

import { createParameter, fixedName, type ServiceArgs } from "sst-ec2";
import { agentConfig, MEMORY_NAMESPACE } from "./agent/config.ts";
import { AGENT_DOCUMENT } from "./policies/access.ts";

interface AgentArgs {
  /** The service's name in the app, such as `Api`. */
  service: string;
  /** Where the service's log goes; it stays on the instances without. */
  logs: aws.cloudwatch.LogGroup | undefined;
  /** Whether the use of memory is measured. */
  memory: boolean;
}

/** What a `Service` needs so that the agent works on its instances. */
type Agent = Required<Pick<ServiceArgs, "logFile" | "permissions">>;

/**
 * Installs the CloudWatch agent on a service's instances by a State Manager association, some minutes
 * after each boot and beside it: a boot neither waits for it nor fails with it. The package comes
 * from AWS's Distributor, through S3. A change of the configuration reaches running instances. The
 * document that is run is the account's, see `infra/policies/observation.ts`.
 *
 * ### Cost
 * Associations are free. The metric for memory costs $0.30 a month, whatever the number of instances.
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
    // Every instance of the group, also those to come.
    targets: [{ key: "tag:aws:autoscaling:groupName", values: [name] }],
    // A parameter that changes has the association applied anew; an unchanged name would not.
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

/** What the SSM agent calls to install and configure the other one. */
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
    // AWS's packages; these calls know no resource.
    { actions: ["ssm:GetManifest", "ssm:PutConfigurePackageResult"], resources: ["*"] },
    { actions: ["ssm:GetParameter"], resources: [configuration.arn] },
  ];
}

/** What the agent calls. The log group is there already, and no other can be written to. */
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
            // Metrics have no ARN; the condition is AWS's way to name them.
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
