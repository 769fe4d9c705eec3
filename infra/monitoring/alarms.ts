import { uniqueName } from "sst-ec2";
import { here } from "../program/here.ts";
import { hasTopic } from "../stages/checks.ts";
import type { Stage } from "../stages.ts";

/** Services that name the account for which they publish: alarms and budgets. */
const OF_ACCOUNT = ["cloudwatch", "budgets"];

/**
 * EventBridge delivers the events of rollouts and pipelines without naming an account: with that
 * condition the statement would never apply, and messages would vanish silently.
 */
const EVENTS = ["events"];

/** The topic, for those who publish to it. */
export interface AlarmTopic {
  /** Its ARN, known once the policy that allows publishing exists. */
  arn: $util.Output<string>;
}

/**
 * The topic for everything that people should know, with the stage's e-mail addresses; each owner
 * confirms once by the link in the first message. Undefined in `sst dev` and in a stage without
 * alarms.
 *
 * Only the services above may publish to it. It is not encrypted: CloudWatch cannot publish to a
 * topic encrypted with AWS's own key, and a key of ours costs $1 a month to hide the names of
 * alarms.
 *
 * ### Cost
 * The first 1000 e-mails a month are free, $2 for 100 000 more.
 */
export function alarmTopic(stage: Stage): AlarmTopic | undefined {
  if (!hasTopic(stage) || $dev) return undefined;
  const topic = new aws.sns.Topic(uniqueName("Alarms", "aws:sns/topic:Topic"));
  const policy = new aws.sns.TopicPolicy("AlarmsPolicy", {
    arn: topic.arn,
    policy: publishers(topic),
  });
  // Named by address, so that removing one does not make the others confirm again.
  for (const endpoint of stage.alarmEmails)
    new aws.sns.TopicSubscription(`AlarmsTo-${endpoint}`, {
      topic: topic.arn,
      protocol: "email",
      endpoint,
    });
  return { arn: $util.all([topic.arn, policy.id]).apply(([arn]) => arn) };
}

/** The topic's only policy; people of the account need none, because IAM gives them their rights. */
function publishers(topic: aws.sns.Topic): $util.Output<string> {
  const publish = (services: string[]) => ({
    actions: ["sns:Publish"],
    resources: [topic.arn],
    principals: [
      { type: "Service", identifiers: services.map((service) => `${service}.amazonaws.com`) },
    ],
  });
  return aws.iam.getPolicyDocumentOutput({
    statements: [
      {
        ...publish(OF_ACCOUNT),
        // Otherwise another account could send its alarms through our topic.
        conditions: [
          { test: "StringEquals", variable: "aws:SourceAccount", values: [here().account] },
        ],
      },
      publish(EVENTS),
    ],
  }).json;
}
