import { DATABASE_READER, SHELL_LOG } from "./access.ts";
import { APP, type Grants, NO_RESOURCES } from "./grant.ts";
import { untouchable } from "./personal.ts";

/** Namespace of the CloudWatch agent's metrics. */
const METRICS = "Steadfast";

/**
 * The most that a role of the app may ever do, whatever its own policies say. It contains no call
 * of IAM or STS, so no role can escalate.
 * @param secrets ARNs of secrets that stages name
 */
export const boundary = (secrets: readonly string[]): Grants => ({
  Tables: {
    on: [`arn:aws:dynamodb:*:*:table/${APP}-*`],
    calls: {
      dynamodb:
        "BatchGetItem BatchWriteItem ConditionCheckItem DeleteItem GetItem PutItem Query UpdateItem",
    },
  },
  Buckets: {
    on: [`arn:aws:s3:::${APP}-*`],
    calls: {
      s3: "GetBucketAcl GetBucketLocation GetBucketVersioning GetObject GetObjectTagging GetObjectVersion GetObjectVersionTagging PutObject",
    },
  },
  Parameters: {
    on: [`arn:aws:ssm:*:*:parameter/${APP}/*`],
    calls: { ssm: "GetParameter" },
  },
  Logs: {
    on: [`arn:aws:logs:*:*:log-group:/${APP}/*`],
    calls: { logs: "CreateLogStream DescribeLogStreams PutLogEvents" },
  },
  ShellLog: {
    on: [`arn:aws:logs:*:*:log-group:${SHELL_LOG}:*`],
    calls: { logs: "CreateLogStream DescribeLogStreams PutLogEvents" },
  },
  LogGroups: { on: ["*"], reason: NO_RESOURCES, calls: { logs: "DescribeLogGroups" } },
  Metrics: {
    on: ["*"],
    reason: "Metrics have no ARN; the condition is AWS's way to name them.",
    calls: { cloudwatch: "PutMetricData" },
    only: { StringEquals: { "cloudwatch:namespace": METRICS } },
  },
  Groups: {
    on: [`arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/${APP}-*`],
    calls: { autoscaling: "CompleteLifecycleAction SetInstanceHealth" },
  },
  Agent: {
    on: ["arn:aws:ec2:*:*:instance/*"],
    calls: { ssm: "UpdateInstanceInformation" },
  },
  AgentChannels: {
    on: ["*"],
    reason: NO_RESOURCES,
    calls: {
      ssmmessages: "CreateControlChannel CreateDataChannel OpenControlChannel OpenDataChannel",
    },
  },
  // #region quotes
  // RDS records in a tag whose password it is.
  DatabasePasswords: {
    on: ["arn:aws:secretsmanager:*:*:secret:rds!*"],
    calls: { secretsmanager: "GetSecretValue" },
    only: {
      StringLike: {
        "aws:ResourceTag/aws:rds:primaryDBInstanceArn": `arn:aws:rds:*:*:db:${APP}-*`,
      },
    },
  },
  // RDS names instances by IDs here, so the login's name tells whose database it is.
  DatabaseLogins: {
    on: [`arn:aws:rds-db:*:*:dbuser:*/${DATABASE_READER}`],
    calls: { "rds-db": "connect" },
  },
  // #endregion quotes
  ...(secrets.length > 0 && {
    NamedSecrets: { on: secrets, calls: { secretsmanager: "GetSecretValue" } },
  }),
  Pipelines: {
    on: [
      `arn:aws:codebuild:*:*:project/${APP}-*`,
      `arn:aws:codepipeline:*:*:${APP}-*`,
      `arn:aws:sns:*:*:${APP}-*`,
      "arn:aws:codeconnections:*:*:connection/*",
      "arn:aws:codestar-connections:*:*:connection/*",
    ],
    calls: {
      codebuild: "BatchGetBuilds StartBuild",
      codepipeline: "StartPipelineExecution",
      sns: "Publish",
      codeconnections: "GetConnection GetConnectionToken UseConnection",
      "codestar-connections": "GetConnection GetConnectionToken UseConnection",
    },
  },
});

/** The same for stages that are not retained: their roles cannot touch retained stages. */
export const personalBoundary = (secrets: readonly string[], kept: readonly string[]): Grants => ({
  ...boundary(secrets),
  ...untouchable(kept),
});
