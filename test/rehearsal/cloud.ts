import { ACMClient } from "@aws-sdk/client-acm";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { BudgetsClient } from "@aws-sdk/client-budgets";
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { CodeBuildClient } from "@aws-sdk/client-codebuild";
import { CodePipelineClient } from "@aws-sdk/client-codepipeline";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { IAMClient } from "@aws-sdk/client-iam";
import { RDSClient } from "@aws-sdk/client-rds";
import { Route53Client } from "@aws-sdk/client-route-53";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SNSClient } from "@aws-sdk/client-sns";
import { SSMClient } from "@aws-sdk/client-ssm";

/** The emulated account, seen through the AWS SDK. */
export type Cloud = ReturnType<typeof connect>;

/** Opens a client for each service that the checks ask; all of them reach `endpoint` and nothing else. */
export function connect(endpoint: string, region: string) {
  const credentials = { accessKeyId: "rehearsal", secretAccessKey: "rehearsal" };
  const options = { endpoint, region, credentials };
  return {
    region,
    autoScaling: new AutoScalingClient(options),
    balancing: new ElasticLoadBalancingV2Client(options),
    budgets: new BudgetsClient(options),
    certificates: new ACMClient(options),
    cloudWatch: new CloudWatchClient(options),
    codeBuild: new CodeBuildClient(options),
    codePipeline: new CodePipelineClient(options),
    dns: new Route53Client(options),
    dynamoDb: new DynamoDBClient(options),
    ec2: new EC2Client(options),
    edge: new CloudFrontClient(options),
    events: new EventBridgeClient(options),
    iam: new IAMClient(options),
    logs: new CloudWatchLogsClient(options),
    rds: new RDSClient(options),
    s3: new S3Client({ ...options, forcePathStyle: true }),
    secrets: new SecretsManagerClient(options),
    sns: new SNSClient(options),
    ssm: new SSMClient(options),
  };
}
