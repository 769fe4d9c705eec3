/** Maps types to pricers. Types that cost nothing are only in the price file. */
import type { Pricer } from "../items.ts";
import { group, instance, policy } from "./compute.ts";
import { bucket, database, key, parameter, secret, table } from "./data.ts";
import { address, distribution, endpoint, loadBalancer, natGateway, zone } from "./network.ts";
import {
  alarm,
  buildProject,
  compositeAlarm,
  dashboard,
  logFilter,
  logGroup,
  pipeline,
  subscription,
} from "./operations.ts";

/** By Pulumi's type. */
export const pricers: Record<string, Pricer> = {
  "aws:autoscaling/group:Group": group,
  "aws:autoscaling/policy:Policy": policy,
  "aws:cloudfront/distribution:Distribution": distribution,
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": compositeAlarm,
  "aws:cloudwatch/dashboard:Dashboard": dashboard,
  "aws:cloudwatch/logGroup:LogGroup": logGroup,
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": logFilter,
  "aws:cloudwatch/metricAlarm:MetricAlarm": alarm,
  "aws:codebuild/project:Project": buildProject,
  "aws:codepipeline/pipeline:Pipeline": pipeline,
  "aws:dynamodb/table:Table": table,
  "aws:ec2/eip:Eip": address,
  "aws:ec2/instance:Instance": instance,
  "aws:ec2/natGateway:NatGateway": natGateway,
  "aws:ec2/vpcEndpoint:VpcEndpoint": endpoint,
  "aws:kms/key:Key": key,
  "aws:lb/loadBalancer:LoadBalancer": loadBalancer,
  "aws:rds/instance:Instance": database, // drop: quotes
  "aws:route53/zone:Zone": zone,
  "aws:s3/bucketV2:BucketV2": bucket,
  "aws:secretsmanager/secret:Secret": secret,
  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": zone,
  "aws:sns/topicSubscription:TopicSubscription": subscription,
  "aws:ssm/parameter:Parameter": parameter,
};
