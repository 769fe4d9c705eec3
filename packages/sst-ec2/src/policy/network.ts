import { conditionsOf, ec2, type Grants, NO_RESOURCES, type Scope } from "./grant.ts";

/**
 * AWS creates a VPC's default security group and network ACL without tags. Those of others are
 * recognised by any tag.
 */
const UNTAGGED = {
  Null: {
    "aws:ResourceTag/app": "true",
    "aws:ResourceTag/sst:app": "true",
    "aws:ResourceTag/Name": "true",
  },
};

/** Calls that create and tag an EC2 resource at once. */
const CREATES = [
  "AllocateAddress",
  "CreateFlowLogs",
  "CreateInternetGateway",
  "CreateLaunchTemplate",
  "CreateNatGateway",
  "CreateRouteTable",
  "CreateSecurityGroup",
  "CreateSubnet",
  "CreateVpc",
  "CreateVpcEndpoint",
  "RunInstances",
];

/**
 * The network. EC2 names resources by IDs, so the tag `app` tells which are the app's. New resources
 * and the ones they are created in have separate statements: in one statement, a call with the right
 * tag would be allowed on somebody else's network.
 */
export function networkGrants(scope: Scope): Grants {
  const { own, fresh } = conditionsOf(scope);
  return {
    NewNetwork: {
      on: ec2("vpc internet-gateway elastic-ip"),
      calls: { ec2: "CreateVpc CreateInternetGateway AllocateAddress" },
      only: fresh,
    },
    NewInNetwork: {
      on: ec2("subnet route-table security-group"),
      calls: { ec2: "CreateSubnet CreateRouteTable CreateSecurityGroup" },
      only: fresh,
    },
    NewDoors: {
      on: ec2("natgateway vpc-endpoint vpc-flow-log"),
      calls: { ec2: "CreateNatGateway CreateVpcEndpoint CreateFlowLogs" },
      only: fresh,
    },
    OwnNetwork: {
      on: ec2(
        "vpc internet-gateway subnet route-table elastic-ip instance network-interface natgateway vpc-endpoint vpc-flow-log network-acl security-group security-group-rule",
      ),
      calls: {
        ec2: `CreateSubnet CreateRouteTable CreateSecurityGroup CreateNatGateway CreateVpcEndpoint CreateFlowLogs
        DeleteVpc ModifyVpcAttribute DeleteInternetGateway AttachInternetGateway DetachInternetGateway DeleteSubnet
        ModifySubnetAttribute DeleteRouteTable CreateRoute ReplaceRoute DeleteRoute AssociateRouteTable DisassociateRouteTable
        ReplaceRouteTableAssociation ReleaseAddress AssociateAddress DisassociateAddress DeleteNatGateway ModifyVpcEndpoint
        DeleteVpcEndpoints DeleteFlowLogs CreateNetworkAclEntry DeleteNetworkAclEntry ReplaceNetworkAclAssociation
        DeleteSecurityGroup AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress
        RevokeSecurityGroupEgress ModifySecurityGroupRules`,
      },
      only: own,
    },
    // The provider tags a rule after creating it. Its group must be the app's, see above.
    NewRules: {
      on: ec2("security-group-rule"),
      calls: { ec2: "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress" },
    },
    // The address must be the app's, see above; the interface it is attached to has no tags.
    FreeAddress: { on: ec2("network-interface"), calls: { ec2: "DisassociateAddress" } },
    Defaults: {
      on: ec2("security-group network-acl"),
      calls: {
        ec2: "RevokeSecurityGroupIngress RevokeSecurityGroupEgress CreateNetworkAclEntry DeleteNetworkAclEntry",
      },
      only: UNTAGGED,
    },
    TagDefaults: {
      on: ec2("security-group network-acl security-group-rule"),
      calls: { ec2: "CreateTags" },
      only: { ...UNTAGGED, ...fresh },
    },
    TagNew: {
      on: ["arn:aws:ec2:*:*:*"],
      calls: { ec2: "CreateTags" },
      only: { StringEquals: { "ec2:CreateAction": CREATES } },
    },
    TagOwn: {
      on: ["arn:aws:ec2:*:*:*"],
      calls: { ec2: "CreateTags DeleteTags" },
      only: own,
    },
    NetworkRead: {
      on: ["*"],
      reason: NO_RESOURCES,
      calls: {
        ec2: `DescribeAccountAttributes DescribeAddresses DescribeAddressesAttribute DescribeAvailabilityZones DescribeFlowLogs
        DescribeInstanceTypeOfferings DescribeInternetGateways DescribeNatGateways DescribeNetworkAcls DescribeNetworkInterfaces DescribePrefixLists
        DescribeRegions DescribeRouteTables DescribeSecurityGroupRules DescribeSecurityGroups DescribeSubnets DescribeTags
        DescribeVpcAttribute DescribeVpcEndpoints DescribeVpcs GetSecurityGroupsForVpc`,
      },
    },
    NewPrivateZone: {
      on: ["*"],
      reason: `${NO_RESOURCES} SST's VPC brings a Cloud Map namespace.`,
      calls: { servicediscovery: "CreatePrivateDnsNamespace TagResource" },
      only: fresh,
    },
    PrivateZone: {
      on: ["arn:aws:servicediscovery:*:*:namespace/*"],
      calls: { servicediscovery: "UpdatePrivateDnsNamespace DeleteNamespace GetNamespace" },
      only: own,
    },
    PrivateZoneRead: {
      on: ["*"],
      reason: NO_RESOURCES,
      calls: { servicediscovery: "GetOperation ListTagsForResource" },
    },
    // Cloud Map and EC2 create and remove the zones of namespaces and endpoints with the caller's
    // rights.
    ZonesOfServices: {
      on: ["*"],
      reason: "Zones have IDs for names; the services' own calls alone count.",
      calls: {
        route53:
          "CreateHostedZone DeleteHostedZone GetHostedZone ListHostedZonesByName AssociateVPCWithHostedZone ChangeResourceRecordSets",
      },
      only: { Bool: { "aws:ViaAWSService": "true" } },
    },
  };
}
