import { ListCertificatesCommand } from "@aws-sdk/client-acm";
import { DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeBudgetsCommand } from "@aws-sdk/client-budgets";
import { ListVpcOriginsCommand } from "@aws-sdk/client-cloudfront";
import { DescribeAlarmsCommand, ListDashboardsCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { ListProjectsCommand } from "@aws-sdk/client-codebuild";
import { ListPipelinesCommand } from "@aws-sdk/client-codepipeline";
import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
import {
  DescribeAddressesCommand,
  DescribeFlowLogsCommand,
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeLaunchTemplatesCommand,
  DescribeNatGatewaysCommand,
  DescribeVolumesCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
} from "@aws-sdk/client-ec2";
import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { ListRulesCommand } from "@aws-sdk/client-eventbridge";
import {
  ListInstanceProfilesCommand,
  ListPoliciesCommand,
  ListRolesCommand,
} from "@aws-sdk/client-iam";
import {
  DescribeDBInstancesCommand,
  DescribeDBParameterGroupsCommand,
  DescribeDBSnapshotsCommand,
  DescribeDBSubnetGroupsCommand,
} from "@aws-sdk/client-rds";
import { ListHostedZonesCommand, ListResourceRecordSetsCommand } from "@aws-sdk/client-route-53";
import { ListBucketsCommand } from "@aws-sdk/client-s3";
import { ListSecretsCommand } from "@aws-sdk/client-secrets-manager";
import { ListTopicsCommand } from "@aws-sdk/client-sns";
import { ListDocumentsCommand, paginateDescribeParameters } from "@aws-sdk/client-ssm";
import { PATH, SHELL_DOCUMENT, SHELL_LOG } from "../../../infra/policies/access.ts";
import type { Cloud } from "./cloud.ts";
import { distributionsOf } from "./entrance.ts";

/**
 * What SST makes once in an account for all its apps and never removes (state, assets, passphrases),
 * and AWS's own public parameters.
 */
const NOT_OURS = /^(sst-(state|asset)-|\/sst\/|\/aws\/)/;

/**
 * Names of everything that an account has and an empty one has not, as `kind: name`, sorted.
 * What is not ours is left out.
 */
export async function leftovers(cloud: Cloud): Promise<string[]> {
  const lists = [
    ...network(cloud),
    ...domain(cloud),
    ...compute(cloud),
    ...delivery(cloud),
    ...database(cloud),
    ...rest(cloud),
    ...watching(cloud),
  ];
  const found = await Promise.all(
    lists.map(async ([kind, names]) =>
      (await names.catch(unlisted))
        .filter((name) => name !== undefined && !NOT_OURS.test(name))
        .map((name) => `${kind}: ${name}`),
    ),
  );
  return found.flat().sort();
}

/** What these credentials may not list stays unknown, before as after. */
function unlisted(error: Error): string[] {
  if (/AccessDenied|Unauthorized|NotAuthorized/.test(error.name)) return ["may not be listed"];
  throw error;
}

type Listing = [kind: string, names: Promise<(string | undefined)[]>];

function network({ ec2 }: Cloud): Listing[] {
  const available = (state: string | undefined) => state !== "deleted" && state !== "deleting";
  return [
    [
      "VPC",
      ec2
        .send(new DescribeVpcsCommand({}))
        .then((found) =>
          (found.Vpcs ?? []).filter((each) => !each.IsDefault).map((each) => each.VpcId),
        ),
    ],
    [
      "VPC endpoint",
      ec2
        .send(new DescribeVpcEndpointsCommand({}))
        .then((found) =>
          (found.VpcEndpoints ?? [])
            .filter((each) => available(each.State?.toLowerCase()))
            .map((each) => each.VpcEndpointId),
        ),
    ],
    [
      "NAT gateway",
      ec2
        .send(new DescribeNatGatewaysCommand({}))
        .then((found) =>
          (found.NatGateways ?? [])
            .filter((each) => available(each.State))
            .map((each) => each.NatGatewayId),
        ),
    ],
    [
      "internet gateway",
      ec2
        .send(new DescribeInternetGatewaysCommand({}))
        .then((found) => (found.InternetGateways ?? []).map((each) => each.InternetGatewayId)),
    ],
    [
      "address",
      ec2
        .send(new DescribeAddressesCommand({}))
        .then((found) => (found.Addresses ?? []).map((each) => each.AllocationId)),
    ],
    [
      "flow log",
      ec2
        .send(new DescribeFlowLogsCommand({}))
        .then((found) => (found.FlowLogs ?? []).map((each) => each.FlowLogId)),
    ],
  ];
}

function domain(cloud: Cloud): Listing[] {
  const { certificates, dns, edge } = cloud;
  return [
    ["distribution", distributionsOf(cloud).then((all) => all.map((each) => each.DomainName))],
    [
      "VPC origin",
      edge
        .send(new ListVpcOriginsCommand({}))
        .then((found) => (found.VpcOriginList?.Items ?? []).map((each) => each.Name)),
    ],
    [
      "certificate",
      certificates
        .send(new ListCertificatesCommand({}))
        .then((found) => (found.CertificateSummaryList ?? []).map((each) => each.DomainName)),
    ],
    ["record", records(dns)],
  ];
}

/** Those of public zones, which are not ours; but every zone has its own two. */
async function records(dns: Cloud["dns"]): Promise<(string | undefined)[]> {
  const { HostedZones = [] } = await dns.send(new ListHostedZonesCommand({}));
  const zones = await Promise.all(
    HostedZones.filter((zone) => !zone.Config?.PrivateZone).map(({ Id }) =>
      dns.send(new ListResourceRecordSetsCommand({ HostedZoneId: Id })),
    ),
  );
  const sets = zones.flatMap((zone) => zone.ResourceRecordSets ?? []);
  return sets.filter(({ Type }) => Type !== "NS" && Type !== "SOA").map(({ Name }) => Name);
}

function compute({ ec2, autoScaling, balancing }: Cloud): Listing[] {
  return [
    [
      "instance",
      ec2.send(new DescribeInstancesCommand({})).then((found) =>
        (found.Reservations ?? [])
          .flatMap((each) => each.Instances ?? [])
          .filter((each) => each.State?.Name !== "terminated")
          .map((each) => each.InstanceId),
      ),
    ],
    [
      "volume",
      ec2
        .send(new DescribeVolumesCommand({}))
        .then((found) => (found.Volumes ?? []).map((each) => each.VolumeId)),
    ],
    [
      "launch template",
      ec2
        .send(new DescribeLaunchTemplatesCommand({}))
        .then((found) => (found.LaunchTemplates ?? []).map((each) => each.LaunchTemplateName)),
    ],
    [
      "auto scaling group",
      autoScaling
        .send(new DescribeAutoScalingGroupsCommand({}))
        .then((found) => (found.AutoScalingGroups ?? []).map((each) => each.AutoScalingGroupName)),
    ],
    [
      "load balancer",
      balancing
        .send(new DescribeLoadBalancersCommand({}))
        .then((found) => (found.LoadBalancers ?? []).map((each) => each.LoadBalancerName)),
    ],
    [
      "target group",
      balancing
        .send(new DescribeTargetGroupsCommand({}))
        .then((found) => (found.TargetGroups ?? []).map((each) => each.TargetGroupName)),
    ],
  ];
}

function delivery({ codeBuild, codePipeline, events }: Cloud): Listing[] {
  return [
    ["project", codeBuild.send(new ListProjectsCommand({})).then((found) => found.projects ?? [])],
    [
      "pipeline",
      codePipeline
        .send(new ListPipelinesCommand({}))
        .then((found) => (found.pipelines ?? []).map((each) => each.name)),
    ],
    [
      "event rule",
      events
        .send(new ListRulesCommand({}))
        .then((found) => (found.Rules ?? []).map((each) => each.Name)),
    ],
  ];
}

function database({ rds, secrets }: Cloud): Listing[] {
  return [
    [
      "database",
      rds
        .send(new DescribeDBInstancesCommand({}))
        .then((found) => (found.DBInstances ?? []).map((each) => each.DBInstanceIdentifier)),
    ],
    [
      "database snapshot",
      rds
        .send(new DescribeDBSnapshotsCommand({ SnapshotType: "manual" }))
        .then((found) => (found.DBSnapshots ?? []).map((each) => each.DBSnapshotIdentifier)),
    ],
    [
      "database subnet group",
      rds
        .send(new DescribeDBSubnetGroupsCommand({}))
        .then((found) => (found.DBSubnetGroups ?? []).map((each) => each.DBSubnetGroupName)),
    ],
    [
      "database parameter group",
      rds
        .send(new DescribeDBParameterGroupsCommand({}))
        .then((found) => (found.DBParameterGroups ?? []).map((each) => each.DBParameterGroupName)),
    ],
    [
      "secret",
      secrets
        .send(new ListSecretsCommand({}))
        .then((found) => (found.SecretList ?? []).map((each) => each.Name)),
    ],
  ];
}

function rest({ dynamoDb, iam, s3, ssm }: Cloud): Listing[] {
  return [
    ["table", dynamoDb.send(new ListTablesCommand({})).then((found) => found.TableNames ?? [])],
    [
      "bucket",
      s3
        .send(new ListBucketsCommand({}))
        .then((found) => (found.Buckets ?? []).map((each) => each.Name)),
    ],
    ["parameter", parameters(ssm)],
    [
      "role",
      iam
        .send(new ListRolesCommand({}))
        .then((found) => (found.Roles ?? []).filter(ofTheApp).map((each) => each.RoleName)),
    ],
    [
      "instance profile",
      iam
        .send(new ListInstanceProfilesCommand({}))
        .then((found) => (found.InstanceProfiles ?? []).map((each) => each.InstanceProfileName)),
    ],
    [
      "policy",
      iam
        .send(new ListPoliciesCommand({ Scope: "Local" }))
        .then((found) => (found.Policies ?? []).filter(ofTheApp).map((each) => each.PolicyName)),
    ],
  ];
}

function watching({ account, budgets, cloudWatch, logs, sns, ssm }: Cloud): Listing[] {
  return [
    [
      "budget",
      budgets
        .send(new DescribeBudgetsCommand({ AccountId: account }))
        .then((found) => (found.Budgets ?? []).map((each) => each.BudgetName)),
    ],
    [
      "topic",
      sns
        .send(new ListTopicsCommand({}))
        .then((found) => (found.Topics ?? []).map((each) => each.TopicArn)),
    ],
    [
      "document",
      ssm
        .send(new ListDocumentsCommand({ Filters: [{ Key: "Owner", Values: ["Self"] }] }))
        .then((found) => (found.DocumentIdentifiers ?? []).map((each) => each.Name))
        .then((names) => names.filter((name) => name !== SHELL_DOCUMENT)),
    ],
    [
      "alarm",
      cloudWatch
        .send(new DescribeAlarmsCommand({}))
        .then((found) => (found.MetricAlarms ?? []).map((each) => each.AlarmName)),
    ],
    [
      "dashboard",
      cloudWatch
        .send(new ListDashboardsCommand({}))
        .then((found) => (found.DashboardEntries ?? []).map((each) => each.DashboardName)),
    ],
    [
      "log group",
      logs
        .send(new DescribeLogGroupsCommand({}))
        .then((found) => (found.logGroups ?? []).map((each) => each.logGroupName))
        .then((names) => names.filter((name) => name !== SHELL_LOG)),
    ],
  ];
}

/** Not what the access stack made, which stays. */
const ofTheApp = ({ Path }: { Path?: string | undefined }) => Path !== PATH;

/** By the page: AWS's own parameters alone fill several. */
async function parameters(client: Cloud["ssm"]): Promise<(string | undefined)[]> {
  const names: (string | undefined)[] = [];
  for await (const { Parameters = [] } of paginateDescribeParameters({ client }, {})) {
    names.push(...Parameters.map((each) => each.Name));
  }
  return names;
}
