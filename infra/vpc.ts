/// <reference path="../.sst/platform/config.d.ts" />
import { toSeconds } from "./components/duration.ts";
import { uniqueName } from "./components/naming.ts";
import { interfaceEndpoints } from "./endpoints.ts";
import type { Stage } from "./stages.ts";

/**
 * The network: two zones with a public and a private subnet each, closed by default.
 *
 * ### Cost
 * Free without NAT, but for SST's private DNS zone at $0.50 a month, and what each instance's address
 * costs. `nat: "managed"` makes two gateways with an address each, 2 × ($0.045 + $0.005) × 730 or
 * **$73 a month**, and $0.045 a GB; `nat: "ec2"` two `t4g.nano` with an address and a disk of 8 GB
 * each, 2 × (($0.0042 + $0.005) × 730 + 8 × $0.08) or **$15 a month**; `nat: "endpoints"` five
 * interface endpoints in two zones, 5 × 2 × $0.01 × 730 or **$73 a month**, and $0.01 a GB. The gateway
 * endpoints are free and keep DynamoDB's and S3's traffic out of the NAT. Flow logs cost $0.50 a GB.
 */
export function network(stage: Stage) {
  // Below a parent of its own, SST does not take the VPC for something to link.
  const parent = new $util.ComponentResource("steadfast:aws:Network", "Network");
  const vpc = createVpc(stage, parent);
  const endpoints = [
    ...["S3", "DynamoDb"].map((service) => gatewayEndpoint(vpc, service, parent)),
    ...(stage.nat === "endpoints" ? interfaceEndpoints(vpc, parent) : []),
  ];
  closeAdminPorts(vpc, parent);
  if (stage.flowLogs) flowLogs(vpc, stage, parent);
  return { vpc, endpoints, subnets: stage.nat === "none" ? vpc.publicSubnets : vpc.privateSubnets };
}

export type Network = ReturnType<typeof network>;

function createVpc(stage: Stage, parent: $util.Resource) {
  const args: sst.aws.VpcArgs = {
    az: 2,
    ...((stage.nat === "ec2" || stage.nat === "managed") && { nat: stage.nat }),
    transform: {
      // Nothing of ours is in the default group; closed, it cannot let anything in by accident.
      securityGroup: { ingress: [], egress: [] },
      publicSubnet: { mapPublicIpOnLaunch: false },
      // SST's `vpc: true` is deprecated.
      elasticIp: { domain: "vpc", vpc: undefined },
      natSecurityGroup: {
        description: "NAT instances: from the VPC to anywhere",
        // SST opens it to the world, but only the VPC's own traffic goes through a NAT instance.
        ingress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["10.0.0.0/16"] }],
      },
      natInstance: {
        metadataOptions: {
          httpEndpoint: "enabled",
          httpTokens: "required",
          httpPutResponseHopLimit: 1,
        },
        rootBlockDevice: { encrypted: true, volumeType: "gp3", volumeSize: 8 },
      },
    },
  };
  return new sst.aws.Vpc("Vpc", args, { parent });
}

function gatewayEndpoint(vpc: sst.aws.Vpc, service: string, parent: $util.Resource) {
  const tables = $util.all([vpc.nodes.publicRouteTables, vpc.nodes.privateRouteTables]);
  const region = aws.getRegionOutput({}, { parent }).name;
  return new aws.ec2.VpcEndpoint(
    `VpcEndpoint${service}`,
    {
      vpcId: vpc.id,
      serviceName: $interpolate`com.amazonaws.${region}.${service.toLowerCase()}`,
      vpcEndpointType: "Gateway",
      routeTableIds: tables.apply((both) => $util.all(both.flat().map((table) => table.id))),
      tags: { Name: `${$app.name}-${$app.stage}-${service}` },
    },
    { parent },
  );
}

/**
 * Refuses SSH and remote desktop at the subnets' border, whatever a security group says. Inside the
 * VPC they stay open, because a balancer node or a NAT gateway may use 3389 as its own source port.
 */
function closeAdminPorts(vpc: sst.aws.Vpc, parent: $util.Resource) {
  const everywhere = { cidrBlock: "0.0.0.0/0", fromPort: 0, toPort: 0, protocol: "-1" };
  new aws.ec2.DefaultNetworkAcl(
    "VpcNetworkAcl",
    {
      defaultNetworkAclId: vpc.nodes.vpc.defaultNetworkAclId,
      ingress: [
        { ...everywhere, ruleNo: 100, action: "allow", cidrBlock: vpc.nodes.vpc.cidrBlock },
        { ...everywhere, ruleNo: 110, action: "deny", protocol: "tcp", fromPort: 22, toPort: 22 },
        {
          ...everywhere,
          ruleNo: 120,
          action: "deny",
          protocol: "tcp",
          fromPort: 3389,
          toPort: 3389,
        },
        { ...everywhere, ruleNo: 200, action: "allow" },
      ],
      egress: [{ ...everywhere, ruleNo: 100, action: "allow" }],
    },
    // Subnets use the default list by themselves; AWS reports them here.
    { parent, ignoreChanges: ["subnetIds"] },
  );
}

function flowLogs(vpc: sst.aws.Vpc, stage: Stage, parent: $util.Resource) {
  const group = new aws.cloudwatch.LogGroup(
    "FlowLogs",
    {
      name: `/${$app.name}/${$app.stage}/flow-logs`,
      retentionInDays: toSeconds(stage.logRetention, "logRetention") / 86_400,
    },
    { parent },
  );
  const role = new aws.iam.Role(
    uniqueName("FlowLogsRole", 64),
    {
      assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({
        Service: "vpc-flow-logs.amazonaws.com",
      }),
    },
    { parent },
  );
  const policy = new aws.iam.RolePolicy(
    "FlowLogsPolicy",
    {
      role: role.id,
      policy: aws.iam.getPolicyDocumentOutput({
        statements: [
          {
            actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            resources: [$interpolate`${group.arn}:*`],
          },
        ],
      }).json,
    },
    { parent },
  );
  new aws.ec2.FlowLog(
    "FlowLog",
    {
      vpcId: vpc.id,
      trafficType: "ALL",
      logDestination: group.arn,
      iamRoleArn: role.arn,
      maxAggregationInterval: 600,
    },
    { parent, dependsOn: [policy] },
  );
}
