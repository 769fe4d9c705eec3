/** Alarms on what only the API's log knows. */
import {
  REMOVALS_STAND_STILL,
  TURNED_AWAY,
  UNANSWERED_BY_DYNAMODB,
} from "@steadfast/api/log-filters";
import { type AlarmContext, type LogAlarmArgs, logAlarm } from "./alarm.ts";

/** Five in each of two minutes are no accident. */
const NO_ACCIDENT = {
  statistic: "Sum",
  period: 60,
  threshold: 5,
  evaluationPeriods: 2,
  treatMissingData: "notBreaching",
};

const ALARMS: readonly Omit<LogAlarmArgs, "service">[] = [
  {
    // DynamoDB's own metrics do not count calls without an answer, and the instances are healthy.
    name: "DynamoDbAway",
    metric: "DynamoDbUnanswered",
    pattern: UNANSWERED_BY_DYNAMODB,
    value: "1",
    unit: "Count",
    // A call without an answer is retried within its 800 ms; these failed anyway.
    alarm: { ...NO_ACCIDENT, alarmDescription: "DynamoDB does not answer the API" },
  },
  {
    // If a rollout watched this, anybody could roll it back by flooding the API.
    name: "PasswordsTurnedAway",
    metric: "PasswordsTurnedAway",
    pattern: TURNED_AWAY,
    value: "1",
    unit: "Count",
    alarm: {
      ...NO_ACCIDENT,
      alarmDescription: "Logins or registrations are refused, because too many come at once",
    },
  },
  {
    // Each process logs the line once a minute, from the fifth minute on.
    name: "RemovalsStandStill",
    metric: "RemovalsStandStill",
    pattern: REMOVALS_STAND_STILL,
    value: "$.seconds",
    unit: "Seconds",
    // Longer than it takes to catch up after a rollout or a short outage.
    alarm: {
      alarmDescription: "Nobody gets on with deleting the posts of removed users, for 15 minutes",
      statistic: "Maximum",
      period: 300,
      threshold: 900,
      evaluationPeriods: 1,
      treatMissingData: "notBreaching",
    },
  },
];

/** None of them rolls back a rollout. */
export function logAlarms(
  logs: aws.cloudwatch.LogGroup,
  context: AlarmContext,
): aws.cloudwatch.MetricAlarm[] {
  return ALARMS.map((args) => logAlarm(logs, { ...args, service: "Api" }, context));
}
