import { ACM } from "@aws-sdk/client-acm";
import { AutoScaling } from "@aws-sdk/client-auto-scaling";
import { Budgets } from "@aws-sdk/client-budgets";
import { CloudFront } from "@aws-sdk/client-cloudfront";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { CodeBuild } from "@aws-sdk/client-codebuild";
import { CodePipeline } from "@aws-sdk/client-codepipeline";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { EC2 } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import { EventBridge } from "@aws-sdk/client-eventbridge";
import { IAM } from "@aws-sdk/client-iam";
import { RDS } from "@aws-sdk/client-rds";
import { Route53 } from "@aws-sdk/client-route-53";
import { S3 } from "@aws-sdk/client-s3";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SNS } from "@aws-sdk/client-sns";
import { SSM } from "@aws-sdk/client-ssm";

/** An account, seen through the AWS SDK. */
export type Cloud = ReturnType<typeof connect>;

/** The account that an emulator has. */
const EMULATED = "123456789012";

/**
 * Creates a client for each service that the checks call.
 *
 * @param endpoint Of an emulator, which all of them reach and nothing else; without it AWS itself, with
 *   the credentials of the environment.
 * @param of.account Its number.
 * @param of.stage The stage to look at among others. @default everything
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
    autoScaling: new AutoScaling(options),
    balancing: new ElasticLoadBalancingV2(options),
    budgets: new Budgets(options),
    certificates: new ACM(options),
    cloudWatch: new CloudWatch(options),
    codeBuild: new CodeBuild(options),
    codePipeline: new CodePipeline(options),
    dns: new Route53(options),
    dynamoDb: new DynamoDB(options),
    ec2: new EC2(options),
    edge: new CloudFront(options),
    events: new EventBridge(options),
    iam: new IAM(options),
    logs: new CloudWatchLogs(options),
    rds: new RDS(options),
    s3: new S3({ ...options, forcePathStyle: endpoint !== undefined }),
    secrets: new SecretsManager(options),
    sns: new SNS(options),
    ssm: new SSM(options),
  };
}
