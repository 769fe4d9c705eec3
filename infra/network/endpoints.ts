/// <reference path="../../.sst/platform/config.d.ts" />
import { uniqueName } from "sst-ec2";
import { accountPolicy, bucketPolicy, tablePolicy } from "./endpoint-policies.ts";

/** ARNs of S3 and DynamoDB that instances may reach. */
export interface Inside {
  buckets: $util.Input<string>[];
  tables: $util.Input<string>[];
}

/**
 * The free gateway endpoints for S3 and DynamoDB. They lead only to the app's own resources and to
 * what AWS distributes through S3. To give the API another bucket, add it in `infra/hosting/hosting.ts`.
 */
export function gatewayEndpoints(
  vpc: sst.aws.Vpc,
  { buckets, tables }: Inside,
  parent: $util.Resource,
): aws.ec2.VpcEndpoint[] {
  const both = $util.all([vpc.nodes.publicRouteTables, vpc.nodes.privateRouteTables]);
  const region = aws.getRegionOutput({}, { parent }).name;
  const endpoint = (service: string, policy: $util.Output<string>) =>
    new aws.ec2.VpcEndpoint(
      `VpcEndpoint${service}`,
      {
        vpcId: vpc.id,
        serviceName: $interpolate`com.amazonaws.${region}.${service.toLowerCase()}`,
        vpcEndpointType: "Gateway",
        routeTableIds: both.apply((tables) => $util.all(tables.flat().map(({ id }) => id))),
        policy,
        tags: { Name: `${$app.name}-${$app.stage}-${service}` },
      },
      { parent },
    );
  return [
    endpoint("S3", bucketPolicy(buckets, parent)),
    endpoint("DynamoDb", tablePolicy(tables, parent)),
  ];
}

/**
 * What instances call, apart from S3 and DynamoDB, whose endpoints are free and always there:
 * - ssm, ssmmessages: their links, Session Manager. (The older ec2messages is not needed by the SSM agents
 *   of today.)
 * - logs, monitoring: what the CloudWatch agent sends;
 * - autoscaling: to say that they are done or sick.
 */
const SERVICES = ["ssm", "ssmmessages", "logs", "monitoring", "autoscaling"];

/**
 * An endpoint in each zone for every AWS service that instances call, for private subnets without
 * internet access. Whoever breaks into an instance cannot send anything out, because the endpoints
 * refuse credentials of other accounts.
 *
 * ### Cost
 * $0.01 an hour for each service and zone: 5 × 2 × $0.01 × 730 or **$73 a month**, and $0.01 a GB.
 * Two managed NAT gateways cost as much with their addresses; one buys the isolation, not a lower
 * bill.
 */
export function interfaceEndpoints(
  vpc: sst.aws.Vpc,
  parent: $util.Resource,
): aws.ec2.VpcEndpoint[] {
  const securityGroup = new aws.ec2.SecurityGroup(
    uniqueName("EndpointsSecurityGroup", "aws:ec2/securityGroup:SecurityGroup"),
    {
      description: "Services of AWS: HTTPS from the VPC",
      vpcId: vpc.id,
      tags: { Name: `${$app.name}-${$app.stage}-Endpoints` },
    },
    { parent },
  );
  const ingress = new aws.vpc.SecurityGroupIngressRule(
    "EndpointsFromVpc",
    {
      securityGroupId: securityGroup.id,
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      cidrIpv4: vpc.nodes.vpc.cidrBlock,
      description: "The VPC",
    },
    { parent },
  );
  const region = aws.getRegionOutput({}, { parent }).name;
  return SERVICES.map(
    (service) =>
      new aws.ec2.VpcEndpoint(
        `VpcEndpoint${service.charAt(0).toUpperCase()}${service.slice(1)}`,
        {
          vpcId: vpc.id,
          serviceName: $interpolate`com.amazonaws.${region}.${service}`,
          vpcEndpointType: "Interface",
          subnetIds: vpc.privateSubnets,
          securityGroupIds: [securityGroup.id],
          // The services' usual names resolve to the endpoints.
          privateDnsEnabled: true,
          policy: accountPolicy(parent),
          tags: { Name: `${$app.name}-${$app.stage}-${service}` },
        },
        { parent, dependsOn: [ingress] },
      ),
  );
}
