import assert from "node:assert/strict";
import type { IpPermission, NetworkAclEntry, SecurityGroup } from "@aws-sdk/client-ec2";
import { type Entrance, entranceOf } from "../../../infra/network/entrance.ts";
import { stageOf } from "../../../infra/stages.ts";
import type { Cloud } from "./cloud.ts";
import type { Deployment, Fleet } from "./deployment.ts";
import { only, present, same } from "./expect.ts";

/** CloudFront's addresses, as AWS names the list of them. */
const CLOUDFRONT = "com.amazonaws.global.cloudfront.origin-facing";

/**
 * Traffic flows from the world or CloudFront to the balancer, from it to the instances, and no other way.
 */
export async function checkNetwork(
  cloud: Cloud,
  deployment: Deployment,
  stage: string,
): Promise<void> {
  const VpcId = present(deployment.balancer.VpcId, "the balancer's VPC");
  const { SecurityGroups = [] } = await cloud.ec2.describeSecurityGroups({
    Filters: [{ Name: "vpc-id", Values: [VpcId] }],
  });
  const byId = new Map(SecurityGroups.map((each) => [each.GroupId, each]));
  const outer = only(deployment.balancer.SecurityGroups, "security group of the balancer");
  const inner = only(securityGroupsOf(deployment), "security group of the instances");
  checkOuter(present(byId.get(outer), "the balancer's security group"), deployment, inner);
  checkInner(present(byId.get(inner), "the instances' security group"), deployment, outer);
  const standard = only(
    SecurityGroups.filter((each) => each.GroupName === "default"),
    "default security group",
  );
  same(standard.IpPermissions, [], "rules into the default security group");
  same(standard.IpPermissionsEgress, [], "rules out of the default security group");
  await checkClients(cloud, byId.get(outer), entranceOf(stageOf(stage)));
  const isPublic = stageOf(stage).nat === "none";
  const balancerIsPublic = entranceOf(stageOf(stage)) !== "edge";
  await checkSubnets(cloud, deployment, isPublic, isPublic === balancerIsPublic);
  await checkEndpoints(cloud, VpcId);
  await checkBorder(cloud, VpcId);
}

/** IDs of the security groups of a fleet's instances. */
export function securityGroupsOf({ template }: Fleet): string[] {
  return (
    template.NetworkInterfaces?.flatMap((each) => each.Groups ?? []) ??
    template.SecurityGroupIds ??
    []
  );
}

function checkOuter(group: SecurityGroup, { listeners, targetGroup }: Deployment, inner: string) {
  const ports = (group.IpPermissions ?? []).map((rule) => rule.FromPort).sort();
  same(ports, listeners.map((each) => each.Port).sort(), "ports that the balancer opens");
  const [out, ...others] = group.IpPermissionsEgress ?? [];
  same(others, [], "further rules out of the balancer");
  checkRule(present(out, "rule out of the balancer"), targetGroup.Port, inner);
}

function checkInner(group: SecurityGroup, { targetGroup }: Deployment, outer: string) {
  const [rule, ...others] = group.IpPermissions ?? [];
  same(others, [], "further rules into the instances");
  checkRule(present(rule, "rule into the instances"), targetGroup.Port, outer);
}

/** A rule for one port and one other group, and nothing else. */
function checkRule(rule: IpPermission, port: number | undefined, group: string) {
  same([rule.FromPort, rule.ToPort], [port, port], "ports between two security groups");
  same(
    rule.UserIdGroupPairs?.map((each) => each.GroupId),
    [group],
    "groups on the other side",
  );
  same([...(rule.IpRanges ?? []), ...(rule.Ipv6Ranges ?? [])], [], "addresses on the other side");
}

/** Clients of the balancer: the world, or CloudFront alone. */
async function checkClients(cloud: Cloud, group: SecurityGroup | undefined, entrance: Entrance) {
  const rules = group?.IpPermissions ?? [];
  const ranges = rules.flatMap((rule) => rule.IpRanges ?? []).map((each) => each.CidrIp);
  const lists = rules.flatMap((rule) => rule.PrefixListIds ?? []).map((each) => each.PrefixListId);
  const { PrefixLists = [] } = await cloud.ec2.describeManagedPrefixLists();
  const names = lists.map(
    (id) => PrefixLists.find((each) => each.PrefixListId === id)?.PrefixListName,
  );
  const isEdge = entrance === "edge";
  same(names, isEdge ? [CLOUDFRONT] : [], "lists of addresses that may connect to the balancer");
  same([...new Set(ranges)], isEdge ? [] : ["0.0.0.0/0"], "ranges that may connect to it");
}

/** Instances have public subnets and addresses without NAT, otherwise private subnets and none. */
async function checkSubnets(
  cloud: Cloud,
  { group, balancer, template }: Deployment,
  isPublic: boolean,
  besideBalancer: boolean,
) {
  const SubnetIds = present(group.VPCZoneIdentifier, "the group's subnets").split(",");
  const { Subnets = [] } = await cloud.ec2.describeSubnets({ SubnetIds });
  same(new Set(Subnets.map((each) => each.AvailabilityZone)).size, 2, "zones of the group");
  const shared = balancer.AvailabilityZones?.filter((each) =>
    SubnetIds.includes(each.SubnetId ?? ""),
  );
  same(shared?.length, besideBalancer ? 2 : 0, "subnets that instances share with the balancer");
  const addresses = template.NetworkInterfaces?.map((each) => each.AssociatePublicIpAddress);
  same(addresses, [isPublic], "public address of instances");
}

async function checkEndpoints(cloud: Cloud, VpcId: string) {
  const { VpcEndpoints = [] } = await cloud.ec2.describeVpcEndpoints({
    Filters: [{ Name: "vpc-id", Values: [VpcId] }],
  });
  const gateways = VpcEndpoints.filter(
    ({ VpcEndpointType, State }) =>
      VpcEndpointType === "Gateway" && /^available$/i.test(`${State}`),
  );
  const services = gateways.map((each) => each.ServiceName?.split(".").at(-1)).sort();
  same(services, ["dynamodb", "s3"], "gateway endpoints");
  for (const gateway of gateways)
    assert.ok(gateway.RouteTableIds?.length, `${gateway.ServiceName} has no route`);
}

/** Ports that a NAT gateway takes for connections of its own: docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html */
const OF_NAT = { from: 1024, to: 65_535 };

/** ACLs are stateless: they must let answers in at every port that a NAT gateway may use. */
async function checkBorder(cloud: Cloud, VpcId: string) {
  const inVpc = [{ Name: "vpc-id", Values: [VpcId] }];
  const { NatGateways = [] } = await cloud.ec2.describeNatGateways({ Filter: inVpc });
  const { NetworkAcls = [] } = await cloud.ec2.describeNetworkAcls({ Filters: inVpc });
  for (const { NatGatewayId, SubnetId } of NatGateways) {
    const own = NetworkAcls.find(({ Associations }) =>
      Associations?.some((each) => each.SubnetId === SubnetId),
    );
    const acl = own ?? NetworkAcls.find(({ IsDefault }) => IsDefault);
    same(refusedPorts(acl?.Entries ?? []), [], `ports at which ${NatGatewayId} gets no answers`);
  }
}

/** Of a NAT's own ports, those at which an ACL refuses TCP from the internet. */
export function refusedPorts(entries: NetworkAclEntry[]): number[] {
  const rules = entries
    .filter(
      ({ Egress, CidrBlock, Protocol }) =>
        !Egress && CidrBlock === "0.0.0.0/0" && ["-1", "6"].includes(String(Protocol)),
    )
    .sort((one, other) => Number(one.RuleNumber) - Number(other.RuleNumber));
  const ports = Array.from(
    { length: OF_NAT.to - OF_NAT.from + 1 },
    (_, index) => OF_NAT.from + index,
  );
  const isRefused = (port: number) => {
    const rule = rules.find(
      ({ PortRange: range, Protocol }) =>
        Protocol === "-1" || !range || (Number(range.From) <= port && port <= Number(range.To)),
    );
    return rule?.RuleAction !== "allow";
  };
  return ports.filter(isRefused).slice(0, 10);
}
