/**
 * What the person or pipeline that deploys may do: for each type of resource the calls that its
 * provider makes, on names that begin with the app's. `deployer-*.json` beside this file are made of
 * it (IAM takes 6144 characters a policy, hence several); the tests keep the files and the types that
 * the app really uses in step.
 */

/** Calls that share their ARNs. */
interface Grant {
  /** ARNs, with the app's name where AWS puts names into them. */
  resources: string[];
  /** Why it is every resource, where it is. */
  reason?: string;
  condition?: Record<string, Record<string, string | string[]>>;
  /** Calls by type of resource, or by what needs them besides. */
  actions: Record<string, string[]>;
}

const APP = "steadfast";

/** `service:Verb` for each verb. */
const calls = (service: string, verbs: string) =>
  verbs
    .trim()
    .split(/\s+/)
    .map((verb) => `${service}:${verb}`);

const NO_NAMES = "EC2 gives these an ID when it creates them; their ARNs say nothing of the app.";
const NO_RESOURCES = "These calls know no resource.";

const network: Record<string, Grant> = {
  Network: {
    resources: ["*"],
    reason: NO_NAMES,
    actions: {
      "aws:ec2/vpc:Vpc": calls(
        "ec2",
        "CreateVpc DeleteVpc ModifyVpcAttribute CreateTags DeleteTags",
      ),
      "aws:ec2/internetGateway:InternetGateway": calls(
        "ec2",
        "CreateInternetGateway DeleteInternetGateway AttachInternetGateway DetachInternetGateway",
      ),
      "aws:ec2/subnet:Subnet": calls("ec2", "CreateSubnet DeleteSubnet ModifySubnetAttribute"),
      "aws:ec2/routeTable:RouteTable": calls(
        "ec2",
        "CreateRouteTable DeleteRouteTable CreateRoute ReplaceRoute DeleteRoute",
      ),
      "aws:ec2/routeTableAssociation:RouteTableAssociation": calls(
        "ec2",
        "AssociateRouteTable DisassociateRouteTable ReplaceRouteTableAssociation",
      ),
      "aws:ec2/eip:Eip": calls("ec2", "AllocateAddress ReleaseAddress"),
      "aws:ec2/eipAssociation:EipAssociation": calls("ec2", "AssociateAddress DisassociateAddress"),
      "aws:ec2/natGateway:NatGateway": calls("ec2", "CreateNatGateway DeleteNatGateway"),
      "aws:ec2/vpcEndpoint:VpcEndpoint": calls(
        "ec2",
        "CreateVpcEndpoint ModifyVpcEndpoint DeleteVpcEndpoints",
      ),
      "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": calls(
        "ec2",
        "CreateNetworkAclEntry DeleteNetworkAclEntry ReplaceNetworkAclAssociation",
      ),
      "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": calls(
        "ec2",
        "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress RevokeSecurityGroupEgress",
      ),
      "aws:ec2/securityGroup:SecurityGroup": calls(
        "ec2",
        "CreateSecurityGroup DeleteSecurityGroup RevokeSecurityGroupEgress",
      ),
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": calls(
        "ec2",
        "AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress ModifySecurityGroupRules",
      ),
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": calls(
        "ec2",
        "AuthorizeSecurityGroupEgress RevokeSecurityGroupEgress ModifySecurityGroupRules",
      ),
      "aws:ec2/flowLog:FlowLog": calls("ec2", "CreateFlowLogs DeleteFlowLogs"),
    },
  },
  NetworkRead: {
    resources: ["*"],
    reason: NO_RESOURCES,
    actions: {
      network: calls(
        "ec2",
        `DescribeAccountAttributes DescribeAddresses DescribeAddressesAttribute DescribeAvailabilityZones DescribeFlowLogs
         DescribeInstanceTypeOfferings DescribeInternetGateways DescribeNatGateways DescribeNetworkAcls DescribeNetworkInterfaces DescribePrefixLists
         DescribeRouteTables DescribeSecurityGroupRules DescribeSecurityGroups DescribeSubnets DescribeTags
         DescribeVpcAttribute DescribeVpcEndpoints DescribeVpcs`,
      ),
    },
  },
  PrivateZone: {
    resources: ["*"],
    reason:
      "SST's VPC brings a Cloud Map namespace; namespaces and their zones have IDs for names.",
    actions: {
      "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": [
        ...calls(
          "servicediscovery",
          "CreatePrivateDnsNamespace UpdatePrivateDnsNamespace DeleteNamespace GetNamespace GetOperation ListTagsForResource TagResource UntagResource",
        ),
        ...calls(
          "route53",
          "CreateHostedZone DeleteHostedZone GetHostedZone ListHostedZonesByName",
        ),
      ],
    },
  },
};

const service: Record<string, Grant> = {
  Compute: {
    resources: ["*"],
    reason: NO_NAMES,
    actions: {
      "aws:ec2/launchTemplate:LaunchTemplate": calls(
        "ec2",
        "CreateLaunchTemplate CreateLaunchTemplateVersion ModifyLaunchTemplate DeleteLaunchTemplate DeleteLaunchTemplateVersions",
      ),
      // AWS checks that whoever sets a template for a group may start instances from it.
      "aws:autoscaling/group:Group": calls("ec2", "RunInstances CreateTags"),
      "aws:ec2/instance:Instance": calls(
        "ec2",
        "RunInstances TerminateInstances StopInstances StartInstances ModifyInstanceAttribute ModifyInstanceMetadataOptions CreateTags",
      ),
    },
  },
  ComputeRead: {
    resources: ["*"],
    reason: NO_RESOURCES,
    actions: {
      compute: [
        ...calls(
          "ec2",
          "DescribeImages DescribeInstanceAttribute DescribeInstanceCreditSpecifications DescribeInstances DescribeInstanceTypes DescribeLaunchTemplates DescribeLaunchTemplateVersions DescribeVolumes",
        ),
        ...calls(
          "autoscaling",
          "DescribeAutoScalingGroups DescribeInstanceRefreshes DescribeLifecycleHooks DescribePolicies DescribeScalingActivities DescribeTags DescribeWarmPool DescribeLoadBalancerTargetGroups DescribeTrafficSources",
        ),
        ...calls(
          "elasticloadbalancing",
          "DescribeListenerAttributes DescribeListeners DescribeLoadBalancerAttributes DescribeLoadBalancers DescribeRules DescribeTags DescribeTargetGroupAttributes DescribeTargetGroups DescribeTargetHealth DescribeCapacityReservation",
        ),
        ...calls("cloudwatch", "DescribeAlarms"),
        // A rollout has as many instances at once as the account's quota allows.
        ...calls("servicequotas", "GetServiceQuota"),
        ...calls("logs", "DescribeLogGroups"),
      ],
    },
  },
  Group: {
    resources: [`arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/${APP}-*`],
    actions: {
      "aws:autoscaling/group:Group": calls(
        "autoscaling",
        `CreateAutoScalingGroup UpdateAutoScalingGroup DeleteAutoScalingGroup SetDesiredCapacity CreateOrUpdateTags DeleteTags
         EnableMetricsCollection DisableMetricsCollection AttachLoadBalancerTargetGroups DetachLoadBalancerTargetGroups`,
      ),
      "aws:autoscaling/policy:Policy": calls("autoscaling", "PutScalingPolicy DeletePolicy"),
      "aws:autoscaling/lifecycleHook:LifecycleHook": calls(
        "autoscaling",
        "PutLifecycleHook DeleteLifecycleHook",
      ),
      "pulumi-nodejs:dynamic:Resource": calls(
        "autoscaling",
        "StartInstanceRefresh CancelInstanceRefresh RollbackInstanceRefresh",
      ),
    },
  },
  Balancer: {
    resources: [
      `arn:aws:elasticloadbalancing:*:*:loadbalancer/app/${APP}-*`,
      `arn:aws:elasticloadbalancing:*:*:listener/app/${APP}-*`,
      `arn:aws:elasticloadbalancing:*:*:listener-rule/app/${APP}-*`,
      `arn:aws:elasticloadbalancing:*:*:targetgroup/${APP}-*`,
    ],
    actions: {
      "aws:lb/loadBalancer:LoadBalancer": calls(
        "elasticloadbalancing",
        "CreateLoadBalancer DeleteLoadBalancer ModifyLoadBalancerAttributes SetSecurityGroups SetSubnets AddTags RemoveTags",
      ),
      "aws:lb/targetGroup:TargetGroup": calls(
        "elasticloadbalancing",
        "CreateTargetGroup DeleteTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes",
      ),
      "aws:lb/listener:Listener": calls(
        "elasticloadbalancing",
        "CreateListener DeleteListener ModifyListener ModifyListenerAttributes",
      ),
      "aws:lb/listenerRule:ListenerRule": calls(
        "elasticloadbalancing",
        "CreateRule DeleteRule ModifyRule SetRulePriorities",
      ),
    },
  },
  Alarms: {
    resources: [`arn:aws:cloudwatch:*:*:alarm:${APP}-*`, `arn:aws:sns:*:*:${APP}-*`],
    actions: {
      "aws:cloudwatch/metricAlarm:MetricAlarm": calls(
        "cloudwatch",
        "PutMetricAlarm DeleteAlarms ListTagsForResource TagResource UntagResource",
      ),
      "aws:sns/topic:Topic": calls(
        "sns",
        "CreateTopic DeleteTopic GetTopicAttributes SetTopicAttributes ListTagsForResource TagResource UntagResource",
      ),
      "aws:sns/topicPolicy:TopicPolicy": calls("sns", "GetTopicAttributes SetTopicAttributes"),
      "aws:sns/topicSubscription:TopicSubscription": calls("sns", "Subscribe"),
    },
  },
  Subscriptions: {
    resources: ["*"],
    reason: NO_RESOURCES,
    actions: {
      "aws:sns/topicSubscription:TopicSubscription": calls(
        "sns",
        "GetSubscriptionAttributes Unsubscribe",
      ),
    },
  },
  Roles: {
    resources: [
      `arn:aws:iam::*:role/${APP}-*`,
      `arn:aws:iam::*:instance-profile/${APP}-*`,
      // SST leaves the app out of this one.
      "arn:aws:iam::*:instance-profile/VpcNatInstanceProfile-*",
    ],
    actions: {
      "aws:iam/role:Role": calls(
        "iam",
        "CreateRole DeleteRole GetRole UpdateRole UpdateAssumeRolePolicy TagRole UntagRole ListRolePolicies ListAttachedRolePolicies ListInstanceProfilesForRole",
      ),
      "aws:iam/rolePolicy:RolePolicy": calls("iam", "PutRolePolicy GetRolePolicy DeleteRolePolicy"),
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment": calls(
        "iam",
        "AttachRolePolicy DetachRolePolicy",
      ),
      "aws:iam/instanceProfile:InstanceProfile": calls(
        "iam",
        "CreateInstanceProfile DeleteInstanceProfile GetInstanceProfile AddRoleToInstanceProfile RemoveRoleFromInstanceProfile TagInstanceProfile UntagInstanceProfile",
      ),
      // The developer's command runs as its own role.
      "sst dev": calls("sts", "AssumeRole"),
    },
  },
  PassRoles: {
    resources: [`arn:aws:iam::*:role/${APP}-*`],
    condition: {
      StringEquals: {
        "iam:PassedToService": [
          "codebuild.amazonaws.com",
          "codepipeline.amazonaws.com",
          "ec2.amazonaws.com",
          "events.amazonaws.com",
          "vpc-flow-logs.amazonaws.com",
        ],
      },
    },
    actions: { "roles of instances, flow logs and the pipeline": calls("iam", "PassRole") },
  },
  ServiceRoles: {
    resources: ["arn:aws:iam::*:role/aws-service-role/*"],
    condition: {
      StringEquals: {
        "iam:AWSServiceName": [
          "autoscaling.amazonaws.com",
          "elasticloadbalancing.amazonaws.com",
          "rds.amazonaws.com",
          "vpcorigin.cloudfront.amazonaws.com",
        ],
      },
    },
    actions: { "first use in an account": calls("iam", "CreateServiceLinkedRole") },
  },
};

const data: Record<string, Grant> = {
  Tables: {
    resources: [`arn:aws:dynamodb:*:*:table/${APP}-*`],
    actions: {
      "aws:dynamodb/table:Table": calls(
        "dynamodb",
        `CreateTable DeleteTable DescribeTable UpdateTable DescribeContinuousBackups UpdateContinuousBackups DescribeTimeToLive
         ListTagsOfResource TagResource UntagResource`,
      ),
    },
  },
  Buckets: {
    resources: [`arn:aws:s3:::${APP}-*`],
    actions: {
      "aws:s3/bucketV2:BucketV2": calls(
        "s3",
        `CreateBucket DeleteBucket ListBucket ListBucketVersions DeleteObject DeleteObjectVersion GetAccelerateConfiguration GetBucketAcl
         GetBucketCORS GetBucketLogging GetBucketObjectLockConfiguration GetBucketRequestPayment GetBucketTagging GetBucketWebsite
         GetReplicationConfiguration PutBucketTagging`,
      ),
      "aws:s3/bucketVersioningV2:BucketVersioningV2": calls(
        "s3",
        "GetBucketVersioning PutBucketVersioning",
      ),
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": calls(
        "s3",
        "GetBucketPublicAccessBlock PutBucketPublicAccessBlock",
      ),
      "aws:s3/bucketPolicy:BucketPolicy": calls(
        "s3",
        "GetBucketPolicy PutBucketPolicy DeleteBucketPolicy",
      ),
      "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": calls(
        "s3",
        "GetLifecycleConfiguration PutLifecycleConfiguration",
      ),
      "aws:s3/bucketOwnershipControls:BucketOwnershipControls": calls(
        "s3",
        "GetBucketOwnershipControls PutBucketOwnershipControls",
      ),
      "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2":
        calls("s3", "GetEncryptionConfiguration PutEncryptionConfiguration"),
    },
  },
  Objects: {
    resources: [`arn:aws:s3:::${APP}-*/*`],
    actions: {
      "aws:s3/bucketObjectv2:BucketObjectv2": calls(
        "s3",
        "PutObject GetObject GetObjectTagging PutObjectTagging DeleteObject DeleteObjectVersion",
      ),
    },
  },
  Parameters: {
    resources: [`arn:aws:ssm:*:*:parameter/${APP}/*`],
    actions: {
      "aws:ssm/parameter:Parameter": calls(
        "ssm",
        "PutParameter GetParameter GetParameters DeleteParameter AddTagsToResource RemoveTagsFromResource ListTagsForResource",
      ),
    },
  },
  Logs: {
    resources: [
      `arn:aws:logs:*:*:log-group:/${APP}/*`,
      `arn:aws:logs:*:*:log-group:/aws/rds/instance/${APP}-*`,
    ],
    actions: {
      "aws:cloudwatch/logGroup:LogGroup": calls(
        "logs",
        "CreateLogGroup DeleteLogGroup PutRetentionPolicy DeleteRetentionPolicy ListTagsForResource TagResource UntagResource",
      ),
      "aws:cloudwatch/logMetricFilter:LogMetricFilter": calls(
        "logs",
        "PutMetricFilter DescribeMetricFilters DeleteMetricFilter",
      ),
    },
  },
  Certificates: {
    resources: ["*"],
    reason: "Certificates and zones have IDs for names; allow the one zone alone where you can.",
    actions: {
      "aws:acm/certificate:Certificate": calls(
        "acm",
        "RequestCertificate DescribeCertificate DeleteCertificate ListTagsForCertificate AddTagsToCertificate RemoveTagsFromCertificate",
      ),
      "aws:acm/certificateValidation:CertificateValidation": calls("acm", "DescribeCertificate"),
      "aws:route53/record:Record": calls(
        "route53",
        "ChangeResourceRecordSets GetChange GetHostedZone ListResourceRecordSets ListHostedZones ListTagsForResource",
      ),
    },
  },
};

const delivery: Record<string, Grant> = {
  Pipeline: {
    resources: [`arn:aws:codepipeline:*:*:${APP}-*`],
    actions: {
      "aws:codepipeline/pipeline:Pipeline": calls(
        "codepipeline",
        "CreatePipeline UpdatePipeline DeletePipeline GetPipeline ListTagsForResource TagResource UntagResource",
      ),
    },
  },
  Builds: {
    resources: [`arn:aws:codebuild:*:*:project/${APP}-*`],
    actions: {
      "aws:codebuild/project:Project": calls(
        "codebuild",
        "CreateProject UpdateProject DeleteProject BatchGetProjects",
      ),
      "aws:codebuild/webhook:Webhook": calls(
        "codebuild",
        "CreateWebhook UpdateWebhook DeleteWebhook",
      ),
    },
  },
  BuildCredentials: {
    resources: ["*"],
    reason: "CodeBuild has one credential a Git service for the whole account and region.",
    actions: {
      "aws:codebuild/sourceCredential:SourceCredential": calls(
        "codebuild",
        "ImportSourceCredentials ListSourceCredentials DeleteSourceCredentials",
      ),
    },
  },
  Connections: {
    resources: [
      "arn:aws:codeconnections:*:*:connection/*",
      "arn:aws:codestar-connections:*:*:connection/*",
    ],
    actions: {
      // Passed to the pipeline; the service's old name is still asked for.
      "aws:codeconnections/connection:Connection": [
        ...calls(
          "codeconnections",
          "GetConnection DeleteConnection PassConnection ListTagsForResource TagResource UntagResource",
        ),
        ...calls("codestar-connections", "PassConnection"),
      ],
    },
  },
  NewConnections: {
    resources: ["*"],
    reason: NO_RESOURCES,
    actions: {
      "aws:codeconnections/connection:Connection": calls("codeconnections", "CreateConnection"),
    },
  },
  Rules: {
    resources: [`arn:aws:events:*:*:rule/${APP}-*`],
    actions: {
      "aws:cloudwatch/eventRule:EventRule": calls(
        "events",
        "PutRule DescribeRule DeleteRule ListTagsForResource TagResource UntagResource",
      ),
      "aws:cloudwatch/eventTarget:EventTarget": calls(
        "events",
        "PutTargets ListTargetsByRule RemoveTargets",
      ),
    },
  },
  Policies: {
    resources: [`arn:aws:iam::*:policy/${APP}-*`],
    actions: {
      "aws:iam/policy:Policy": calls(
        "iam",
        `CreatePolicy GetPolicy DeletePolicy ListPolicyVersions GetPolicyVersion CreatePolicyVersion DeletePolicyVersion
         TagPolicy UntagPolicy`,
      ),
    },
  },
};

const observation: Record<string, Grant> = {
  Dashboards: {
    resources: [
      `arn:aws:cloudwatch:*:*:alarm:${APP}-*`,
      `arn:aws:cloudwatch::*:dashboard/${APP}-*`,
    ],
    actions: {
      "aws:cloudwatch/compositeAlarm:CompositeAlarm": calls(
        "cloudwatch",
        "PutCompositeAlarm DeleteAlarms ListTagsForResource TagResource UntagResource",
      ),
      "aws:cloudwatch/dashboard:Dashboard": calls(
        "cloudwatch",
        "PutDashboard GetDashboard DeleteDashboards",
      ),
    },
  },
  Queries: {
    resources: ["*"],
    reason: "Saved queries have IDs for names, and their calls know no resource.",
    actions: {
      "aws:cloudwatch/queryDefinition:QueryDefinition": calls(
        "logs",
        "PutQueryDefinition DescribeQueryDefinitions DeleteQueryDefinition",
      ),
    },
  },
  Budgets: {
    resources: [`arn:aws:budgets::*:budget/${APP}-*`],
    actions: {
      "aws:budgets/budget:Budget": calls(
        "budgets",
        "ViewBudget ModifyBudget ListTagsForResource TagResource UntagResource",
      ),
    },
  },
  Associations: {
    resources: [
      "arn:aws:ssm:*:*:association/*",
      `arn:aws:ssm:*:*:document/${APP}-*`,
      "arn:aws:ec2:*:*:instance/*",
    ],
    actions: {
      "aws:ssm/association:Association": calls(
        "ssm",
        "CreateAssociation DescribeAssociation UpdateAssociation DeleteAssociation ListTagsForResource AddTagsToResource RemoveTagsFromResource",
      ),
      "aws:ssm/document:Document": calls(
        "ssm",
        `CreateDocument DescribeDocument DescribeDocumentPermission GetDocument UpdateDocument UpdateDocumentDefaultVersion DeleteDocument
         ListTagsForResource AddTagsToResource RemoveTagsFromResource`,
      ),
    },
  },
};

const database: Record<string, Grant> = {
  Databases: {
    resources: ["db", "pg", "snapshot", "subgrp"].map((kind) => `arn:aws:rds:*:*:${kind}:${APP}-*`),
    actions: {
      "aws:rds/instance:Instance": calls(
        "rds",
        `CreateDBInstance ModifyDBInstance RebootDBInstance DeleteDBInstance CreateDBSnapshot ListTagsForResource AddTagsToResource
         RemoveTagsFromResource`,
      ),
      "aws:rds/subnetGroup:SubnetGroup": calls(
        "rds",
        "CreateDBSubnetGroup ModifyDBSubnetGroup DeleteDBSubnetGroup DescribeDBSubnetGroups",
      ),
      "aws:rds/parameterGroup:ParameterGroup": calls(
        "rds",
        `CreateDBParameterGroup ModifyDBParameterGroup ResetDBParameterGroup DeleteDBParameterGroup DescribeDBParameterGroups
         DescribeDBParameters`,
      ),
    },
  },
  DatabasesRead: {
    // RDS is asked by an ID of its own, and keys of AWS's services have IDs for names.
    resources: ["arn:aws:rds:*:*:db:*", "arn:aws:kms:*:*:key/*"],
    actions: { databases: ["rds:DescribeDBInstances", "kms:DescribeKey"] },
  },
  MasterPassword: {
    // RDS names the secrets that it keeps passwords in.
    resources: ["arn:aws:secretsmanager:*:*:secret:rds!*"],
    actions: { "the password that RDS makes": calls("secretsmanager", "CreateSecret TagResource") },
  },
};

const edge: Record<string, Grant> = {
  Distributions: {
    resources: ["arn:aws:cloudfront::*:distribution/*", "arn:aws:cloudfront::*:vpcorigin/*"],
    actions: {
      "aws:cloudfront/distribution:Distribution": calls(
        "cloudfront",
        `CreateDistribution GetDistribution UpdateDistribution DeleteDistribution ListTagsForResource TagResource
         UntagResource`,
      ),
      "aws:cloudfront/vpcOrigin:VpcOrigin": calls(
        "cloudfront",
        "CreateVpcOrigin GetVpcOrigin UpdateVpcOrigin DeleteVpcOrigin ListTagsForResource TagResource UntagResource",
      ),
    },
  },
  EdgeAddresses: {
    resources: ["*"],
    reason: NO_RESOURCES,
    actions: { "the addresses of CloudFront": calls("ec2", "DescribeManagedPrefixLists") },
  },
  EdgeAddressList: {
    resources: ["arn:aws:ec2:*:aws:prefix-list/*"],
    actions: { "the addresses of CloudFront": calls("ec2", "GetManagedPrefixListEntries") },
  },
};

const sst: Record<string, Grant> = {
  State: {
    resources: ["arn:aws:s3:::sst-state-*", "arn:aws:s3:::sst-asset-*"],
    actions: {
      "SST's state": calls(
        "s3",
        "CreateBucket PutBucketVersioning PutBucketPolicy PutBucketNotification ListBucket GetObject PutObject DeleteObject",
      ),
    },
  },
  Settings: {
    resources: ["arn:aws:ssm:*:*:parameter/sst/*"],
    actions: {
      "SST's settings and secrets": calls(
        "ssm",
        "GetParameter GetParameters GetParametersByPath PutParameter DeleteParameter",
      ),
    },
  },
  Images: {
    resources: ["arn:aws:ssm:*:*:parameter/aws/service/ami-amazon-linux-latest/*"],
    actions: { "the newest Amazon Linux": calls("ssm", "GetParameter") },
  },
  Repository: {
    resources: ["arn:aws:ecr:*:*:repository/sst-asset"],
    actions: {
      "SST's repository for images, made for every app": calls(
        "ecr",
        "CreateRepository DescribeRepositories",
      ),
    },
  },
  Identity: {
    resources: ["*"],
    reason: NO_RESOURCES,
    actions: { "who am I": calls("sts", "GetCallerIdentity") },
  },
};

/** The policies' grants, by policy. */
export const deployerGrants = {
  ...{ sst, network, service, data, delivery, observation, database, edge },
};

/** A policy as IAM takes it. */
export function deployerPolicy(grants: Record<string, Grant>) {
  return {
    Version: "2012-10-17",
    Statement: Object.entries(grants).map(([Sid, grant]) => ({
      Sid,
      Effect: "Allow",
      Action: [...new Set(Object.values(grant.actions).flat())].sort(),
      Resource: grant.resources,
      ...(grant.condition && { Condition: grant.condition }),
    })),
  };
}
