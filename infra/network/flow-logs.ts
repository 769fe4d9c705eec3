import { toSeconds } from "sst-ec2/helpers";
import { allow, serviceRole } from "../policies/service-role.ts";
import type { Stage } from "../stages.ts";

/**
 * Records the network's connections in a log group, every ten minutes.
 *
 * ### Cost
 * $0.50 a GB that comes in and $0.03 a GB and month.
 */
export function flowLogs(vpc: sst.aws.Vpc, stage: Stage, parent: $util.Resource): void {
  const group = new aws.cloudwatch.LogGroup(
    "FlowLogs",
    {
      name: `/${$app.name}/${$app.stage}/flow-logs`,
      retentionInDays: toSeconds(stage.logRetention, "logRetention") / 86_400,
    },
    { parent },
  );
  const role = serviceRole("FlowLogsRole", "vpc-flow-logs.amazonaws.com", parent);
  const granted = allow("FlowLogsPolicy", role, parent, [
    {
      actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      resources: [$interpolate`${group.arn}:*`],
    },
  ]);
  new aws.ec2.FlowLog(
    "FlowLog",
    {
      vpcId: vpc.id,
      trafficType: "ALL",
      logDestination: group.arn,
      iamRoleArn: role.arn,
      maxAggregationInterval: 600,
    },
    { parent, dependsOn: [granted] },
  );
}
