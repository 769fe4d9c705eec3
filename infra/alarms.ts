/// <reference path="../.sst/platform/config.d.ts" />
import { uniqueName } from "./components/naming.ts";
import type { Stage } from "./stages.ts";

/**
 * Where alarms go: a topic with the stage's e-mail address, whose owner confirms it once.
 *
 * The topic is not encrypted: CloudWatch cannot publish to one encrypted with AWS's own key, and a
 * key of ours costs $1 a month to hide the names of alarms.
 *
 * ### Cost
 * The first 1000 e-mails a month are free, $2 for 100 000 more.
 */
export function alarmTopic(stage: Stage): aws.sns.Topic | undefined {
  if (!stage.alarmEmail || $dev) return undefined;
  const topic = new aws.sns.Topic(uniqueName("Alarms", 256));
  new aws.sns.TopicSubscription("AlarmsEmail", {
    topic: topic.arn,
    protocol: "email",
    endpoint: stage.alarmEmail,
  });
  return topic;
}
