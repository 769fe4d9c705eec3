import { uniqueName } from "sst-ec2";
import { here } from "../program/here.ts";
import { accountPolicy, bucketPolicy, tablePolicy } from "./endpoint-policies.ts";

/** ARNs that instances may reach. */
export interface Inside {
  buckets: $util.Input<string>[];
  tables: $util.Input<string>[];
}

/**
 * The free gateway endpoints for S3 and DynamoDB. They lead only to the app's own resources and to
 * what AWS distributes through S3; another bucket goes into `infra/hosting/hosting.ts`.
 */
export function gatewayEndpoints(
  vpc: sst.aws.Vpc,
  { buckets, tables }: Inside,
  parent: $util.Resource,
): aws.ec2.VpcEndpoint[] {
  const both = $util.all([vpc.nodes.publicRouteTables, vpc.nodes.privateRouteTables]);
  const { region } = here(parent);
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
 * What instances call apart from S3 and DynamoDB: links and shells by ssm and ssmmessages, the
 * CloudWatch agent's logs and metrics, and what they say about themselves to autoscaling.
 */
const SERVICES = ["ssm", "ssmmessages", "logs", "monitoring", "autoscaling"];

/**
 * An endpoint in each zone for every AWS service that instances call, without internet access.
 * Nothing can be sent out of an instance: the endpoints refuse other accounts' credentials.
 *
 * ### Cost
 * $0.01 an hour for each service and zone: 5 × 2 × $0.01 × 730 or **$73 a month**, and $0.01 a GB.
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
  const { region } = here(parent);
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
