import type { AlarmTopic } from "../monitoring/alarms.ts";
import { tell } from "../monitoring/events.ts";

interface NotificationArgs {
  pipeline: aws.codepipeline.Pipeline;
  /** The project that fetches the source, if there is one. */
  source: aws.codebuild.Project | undefined;
  /** `events.amazonaws.com` may publish to it. */
  alarms: AlarmTopic;
  parent: $util.Resource;
}

/** Reports each failed run in one line that says where to look. */
export function tellOfFailures({ pipeline, source, alarms, parent }: NotificationArgs): void {
  tell("PipelineFailed", alarms, parent, {
    description: "A run of the pipeline failed",
    pattern: pipeline.name.apply((name) => ({
      source: ["aws.codepipeline"],
      "detail-type": ["CodePipeline Pipeline Execution State Change"],
      detail: { pipeline: [name], state: ["FAILED"] },
    })),
    paths: { name: "$.detail.pipeline", run: "$.detail.execution-id", region: "$.region" },
    message:
      "Pipeline <name> failed: https://<region>.console.aws.amazon.com/codesuite/codepipeline/pipelines/<name>/executions/<run>/timeline",
  });
  if (!source) return;
  tell("PipelineSourceFailed", alarms, parent, {
    description: "The source could not be fetched",
    pattern: source.name.apply((name) => ({
      source: ["aws.codebuild"],
      "detail-type": ["CodeBuild Build State Change"],
      detail: { "project-name": [name], "build-status": ["FAILED", "FAULT", "TIMED_OUT"] },
    })),
    paths: { name: "$.detail.project-name", log: "$.detail.additional-information.logs.deep-link" },
    message: "Build <name> failed: <log>",
  });
}
