import { paginateDescribeParameters } from "@aws-sdk/client-ssm";
import { PATH, SHELL_DOCUMENT, SHELL_LOG } from "../../../infra/policies/access.ts";
import type { Cloud } from "./cloud.ts";
import { distributionsOf } from "./entrance.ts";

/**
 * What stays: what SST makes once in an account for all its apps (state, assets, passphrases), AWS's own
 * public parameters, and what the access stack has of each region.
 */
const STAYS = [
  /^(sst-(state|asset)-|\/sst\/|\/aws\/)/,
  new RegExp(`^(${SHELL_DOCUMENT}|${SHELL_LOG})$`),
];

type Names = Promise<(string | undefined)[]>;

/** Names of everything that an account has and an empty one has not, as `kind: name`, sorted. */
export async function leftovers(cloud: Cloud): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(listings(cloud)).map(async ([kind, names]) =>
      (await names.catch(unlisted))
        .filter((name) => name !== undefined && !STAYS.some((each) => each.test(name)))
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

/** By kind: the names of all that there are, as AWS lists them. */
function listings(cloud: Cloud): Record<string, Names> {
  const { ec2, autoScaling, balancing, certificates, dns, edge, codeBuild, codePipeline } = cloud;
  const { account, events, rds, secrets, dynamoDb, s3, ssm, iam, budgets, sns } = cloud;
  const { cloudWatch, logs } = cloud;
  return {
    VPC: named(
      ec2.describeVpcs().then(({ Vpcs }) => Vpcs?.filter(({ IsDefault }) => !IsDefault)),
      "VpcId",
    ),
    "VPC endpoint": named(
      ec2.describeVpcEndpoints().then(({ VpcEndpoints }) => VpcEndpoints?.filter(isThere)),
      "VpcEndpointId",
    ),
    "NAT gateway": named(
      ec2.describeNatGateways().then(({ NatGateways }) => NatGateways?.filter(isThere)),
      "NatGatewayId",
    ),
    "internet gateway": listed(
      ec2.describeInternetGateways(),
      "InternetGateways",
      "InternetGatewayId",
    ),
    address: listed(ec2.describeAddresses(), "Addresses", "AllocationId"),
    "flow log": listed(ec2.describeFlowLogs(), "FlowLogs", "FlowLogId"),
    instance: named(
      ec2
        .describeInstances()
        .then(({ Reservations }) =>
          Reservations?.flatMap(({ Instances = [] }) => Instances).filter(
            ({ State }) => State?.Name !== "terminated",
          ),
        ),
      "InstanceId",
    ),
    volume: listed(ec2.describeVolumes(), "Volumes", "VolumeId"),
    "launch template": listed(
      ec2.describeLaunchTemplates(),
      "LaunchTemplates",
      "LaunchTemplateName",
    ),
    "auto scaling group": listed(
      autoScaling.describeAutoScalingGroups(),
      "AutoScalingGroups",
      "AutoScalingGroupName",
    ),
    "load balancer": listed(balancing.describeLoadBalancers(), "LoadBalancers", "LoadBalancerName"),
    "target group": listed(balancing.describeTargetGroups(), "TargetGroups", "TargetGroupName"),
    distribution: named(distributionsOf(cloud), "DomainName"),
    "VPC origin": named(
      edge.listVpcOrigins().then(({ VpcOriginList }) => VpcOriginList?.Items),
      "Name",
    ),
    certificate: listed(certificates.listCertificates(), "CertificateSummaryList", "DomainName"),
    record: records(dns),
    project: codeBuild.listProjects().then(({ projects = [] }) => projects),
    pipeline: listed(codePipeline.listPipelines(), "pipelines", "name"),
    "event rule": listed(events.listRules(), "Rules", "Name"),
    database: listed(rds.describeDBInstances(), "DBInstances", "DBInstanceIdentifier"),
    "database snapshot": listed(
      rds.describeDBSnapshots({ SnapshotType: "manual" }),
      "DBSnapshots",
      "DBSnapshotIdentifier",
    ),
    "database subnet group": listed(
      rds.describeDBSubnetGroups(),
      "DBSubnetGroups",
      "DBSubnetGroupName",
    ),
    "database parameter group": listed(
      rds.describeDBParameterGroups(),
      "DBParameterGroups",
      "DBParameterGroupName",
    ),
    secret: listed(secrets.listSecrets(), "SecretList", "Name"),
    table: dynamoDb.listTables().then(({ TableNames = [] }) => TableNames),
    bucket: listed(s3.listBuckets(), "Buckets", "Name"),
    parameter: parameters(ssm),
    role: named(
      iam.listRoles().then(({ Roles }) => Roles?.filter(ofTheApp)),
      "RoleName",
    ),
    "instance profile": listed(
      iam.listInstanceProfiles(),
      "InstanceProfiles",
      "InstanceProfileName",
    ),
    policy: named(
      iam.listPolicies({ Scope: "Local" }).then(({ Policies }) => Policies?.filter(ofTheApp)),
      "PolicyName",
    ),
    budget: listed(budgets.describeBudgets({ AccountId: account }), "Budgets", "BudgetName"),
    topic: listed(sns.listTopics(), "Topics", "TopicArn"),
    document: listed(
      ssm.listDocuments({ Filters: [{ Key: "Owner", Values: ["Self"] }] }),
      "DocumentIdentifiers",
      "Name",
    ),
    alarm: listed(cloudWatch.describeAlarms(), "MetricAlarms", "AlarmName"),
    dashboard: listed(cloudWatch.listDashboards(), "DashboardEntries", "DashboardName"),
    "log group": listed(logs.describeLogGroups(), "logGroups", "logGroupName"),
  };
}

/** Names by a member of each item of an answer's list. */
function listed<
  List extends string,
  Name extends string,
  Answer extends { [Key in List]?: { [Key in Name]?: string | undefined }[] | undefined },
>(answer: Promise<Answer>, list: List, name: Name): Names {
  return named(
    answer.then((found) => found[list]),
    name,
  );
}

/** Names by a member of each item. */
async function named<Name extends string>(
  items: Promise<{ [Key in Name]?: string | undefined }[] | undefined>,
  name: Name,
): Names {
  return ((await items) ?? []).map((each) => each[name]);
}

const isThere = ({ State }: { State?: string | undefined }) => !/^delet(ed|ing)$/i.test(`${State}`);

/** Not what the access stack made, which stays. */
const ofTheApp = ({ Path }: { Path?: string | undefined }) => Path !== PATH;

/** Those of public zones, which are not ours; but every zone has its own two. */
async function records(dns: Cloud["dns"]): Names {
  const { HostedZones = [] } = await dns.listHostedZones();
  const zones = await Promise.all(
    HostedZones.filter((zone) => !zone.Config?.PrivateZone).map(({ Id }) =>
      dns.listResourceRecordSets({ HostedZoneId: Id }),
    ),
  );
  const sets = zones.flatMap((zone) => zone.ResourceRecordSets ?? []);
  return sets.filter(({ Type }) => Type !== "NS" && Type !== "SOA").map(({ Name }) => Name);
}

/** By the page: AWS's own parameters alone fill several. */
async function parameters(client: Cloud["ssm"]): Names {
  const names: (string | undefined)[] = [];
  for await (const { Parameters = [] } of paginateDescribeParameters({ client }, {}))
    names.push(...Parameters.map((each) => each.Name));
  return names;
}
