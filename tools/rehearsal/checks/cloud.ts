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

/** An account, seen through the AWS SDK. */
export type Cloud = ReturnType<typeof connect>;

/** The account that an emulator has. */
const EMULATED = "123456789012";

/**
 * Opens a client for each service that the checks ask.
 *
 * @param endpoint Of an emulator, which all of them reach and nothing else; without it AWS itself, with
 *   the credentials of the environment.
 * @param of.account Its number.
 * @param of.stage The stage that is looked at, where there are others. @default whatever there is
 */
export function connect(
  endpoint: string | undefined,
  region: string,
  { account = EMULATED, stage }: { account?: string; stage?: string } = {},
) {
  const credentials = { accessKeyId: "rehearsal", secretAccessKey: "rehearsal" };
  const options = endpoint ? { endpoint, region, credentials } : { region };
  return {
    region,
    account,
    stage,
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
    s3: new S3Client({ ...options, forcePathStyle: endpoint !== undefined }),
    secrets: new SecretsManagerClient(options),
    sns: new SNSClient(options),
    ssm: new SSMClient(options),
  };
}
