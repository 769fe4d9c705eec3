import type { AlarmTopic } from "../monitoring/alarms.ts";

type Action = aws.types.input.codepipeline.PipelineStageAction;

/** Name of the source artifact, in later steps and their rights. */
export const SOURCE = "Source";

/** The trigger is configured elsewhere. */
export function sourceAction(
  provider: "CodeStarSourceConnection" | "S3",
  configuration: NonNullable<Action["configuration"]>,
): Action {
  return {
    name: SOURCE,
    namespace: SOURCE,
    category: "Source",
    owner: "AWS",
    provider,
    version: "1",
    outputArtifacts: [SOURCE],
    configuration,
  };
}

/** Runs a project on the source. */
export function buildAction(
  name: string,
  category: "Build" | "Test",
  { project }: { project: aws.codebuild.Project },
): Action {
  return {
    name,
    category,
    owner: "AWS",
    provider: "CodeBuild",
    version: "1",
    inputArtifacts: [SOURCE],
    configuration: { ProjectName: project.name },
  };
}

/**
 * Waits for a person's approval, for at most CodePipeline's seven days.
 * @param revision the source, in CodePipeline's variables
 * @param alarms topic that is told
 */
export function approvalAction(revision: string, alarms: AlarmTopic | undefined): Action {
  return {
    name: "Approval",
    category: "Approval",
    owner: "AWS",
    provider: "Manual",
    version: "1",
    configuration: {
      CustomData: `Deploy ${revision} to ${$app.stage}?`,
      ...(alarms && { NotificationArn: alarms.arn }),
    },
  };
}
