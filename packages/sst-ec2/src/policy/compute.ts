import { namesOf } from "../sst/name-limits.ts";
import { conditionsOf, ec2, type Grants, NO_RESOURCES, type Scope } from "./grant.ts";
/** Launch templates, instances, groups, balancers. */
export function computeGrants(scope: Scope): Grants {
  const { own, fresh } = conditionsOf(scope);
  const { app } = scope;
  const balancers = namesOf(app, "aws:lb/loadBalancer:LoadBalancer");
  const targets = namesOf(app, "aws:lb/targetGroup:TargetGroup");
  return {
    NewTemplates: {
      on: ec2("launch-template"),
      calls: { ec2: "CreateLaunchTemplate" },
      only: fresh,
    },
    Templates: {
      on: ec2("launch-template"),
      calls: {
        ec2: "CreateLaunchTemplateVersion ModifyLaunchTemplate DeleteLaunchTemplate",
      },
      only: own,
    },
    // AWS checks that whoever sets a group's template may launch instances from it: only in the app's
    // own network.
    LaunchFrom: {
      on: ec2("launch-template subnet security-group"),
      calls: { ec2: "RunInstances" },
      only: own,
    },
    // Resources that a launch creates. AWS does not document whether it counts a template's tags in
    // that check.
    Launch: {
      on: [
        ...ec2("instance volume network-interface spot-instances-request"),
        "arn:aws:ec2:*::image/*",
      ],
      calls: { ec2: "RunInstances" },
    },
    Instances: {
      on: ec2("instance security-group volume"),
      calls: {
        ec2: "TerminateInstances StopInstances StartInstances ModifyInstanceAttribute ModifyInstanceMetadataOptions",
      },
      only: own,
    },
    ComputeRead: {
      on: ["*"],
      reason: NO_RESOURCES,
      calls: {
        ec2: `DescribeImages DescribeInstanceAttribute DescribeInstanceCreditSpecifications DescribeInstances
        DescribeInstanceTypes DescribeLaunchTemplates DescribeLaunchTemplateVersions DescribeVolumes`,
        autoscaling: `DescribeAutoScalingGroups DescribeInstanceRefreshes DescribeLifecycleHooks DescribePolicies
        DescribeScalingActivities DescribeLoadBalancerTargetGroups`,
        elasticloadbalancing: `DescribeCapacityReservation DescribeListenerAttributes DescribeListeners DescribeLoadBalancerAttributes DescribeLoadBalancers
        DescribeRules DescribeTags DescribeTargetGroupAttributes DescribeTargetGroups DescribeTargetHealth`,
        // A rollout uses only as many instances as the account's quota allows.
        servicequotas: "GetServiceQuota",
      },
    },
    Groups: {
      on: [`arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/${app}-*`],
      calls: {
        autoscaling: `CreateAutoScalingGroup UpdateAutoScalingGroup DeleteAutoScalingGroup CreateOrUpdateTags
        DeleteTags EnableMetricsCollection DisableMetricsCollection AttachLoadBalancerTargetGroups
        DetachLoadBalancerTargetGroups PutScalingPolicy DeletePolicy PutLifecycleHook DeleteLifecycleHook StartInstanceRefresh
        CancelInstanceRefresh RollbackInstanceRefresh`,
      },
    },
    Balancers: {
      on: [
        `arn:aws:elasticloadbalancing:*:*:loadbalancer/app/${balancers}`,
        `arn:aws:elasticloadbalancing:*:*:listener/app/${balancers}`,
        `arn:aws:elasticloadbalancing:*:*:listener-rule/app/${balancers}`,
        `arn:aws:elasticloadbalancing:*:*:targetgroup/${targets}`,
      ],
      calls: {
        elasticloadbalancing: `CreateLoadBalancer DeleteLoadBalancer ModifyLoadBalancerAttributes SetSecurityGroups SetSubnets
        SetIpAddressType AddTags RemoveTags CreateTargetGroup DeleteTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes
        CreateListener DeleteListener ModifyListener CreateRule DeleteRule ModifyRule
        SetRulePriorities`,
      },
    },
  };
}
