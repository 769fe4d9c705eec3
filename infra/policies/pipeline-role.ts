/** The role of the pipelines' deploys, in addition to the policies of a production deployer. */
import { APP, type Grants } from "./grant.ts";

/** Only CodeBuild can assume it, for this account's deploy projects. */
export function pipelineTrust(account: string) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "codebuild.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: { "aws:SourceAccount": account },
          ArnLike: {
            "aws:SourceArn": `arn:aws:codebuild:*:${account}:project/${APP}-*-PipelineDeploy-*`,
          },
        },
      },
    ],
  };
}

/** A build's log, its source from CodePipeline, and its cache. */
export const pipelineBuilds: Grants = {
  Log: {
    on: [`arn:aws:logs:*:*:log-group:/${APP}/*/deploy:*`],
    calls: { logs: "CreateLogStream PutLogEvents" },
  },
  Bucket: {
    on: [`arn:aws:s3:::${APP}-*-pipelineartifactsbucket-*`],
    calls: { s3: "GetBucketAcl GetBucketLocation" },
  },
  Source: {
    on: [`arn:aws:s3:::${APP}-*-pipelineartifactsbucket-*/*/Source/*`],
    calls: { s3: "GetObject GetObjectVersion" },
  },
  Cache: {
    on: [`arn:aws:s3:::${APP}-*-pipelineartifactsbucket-*/cache/PipelineDeploy/*`],
    calls: { s3: "GetObject PutObject" },
  },
};
