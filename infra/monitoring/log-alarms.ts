/// <reference path="../../.sst/platform/config.d.ts" />
/**
 * Alarms on what only the API's log knows: a dependency that does not answer, clients turned away,
 * work that stands still.
 */
import { REMOVALS_STAND_STILL, TURNED_AWAY, UNANSWERED_BY_DYNAMODB } from "../logs/queries.ts";
import { type AlarmArgs, type AlarmContext, alarm } from "./alarm.ts";

/** A metric filtered from the log, and the alarm on it. */
interface LogAlarm {
  /** The alarm's name, explained in `docs/operations.md`. */
  name: string;
  metric: string;
  pattern: string;
  /** What a line adds to the metric: a number or a field. */
  value: string;
  unit: "Count" | "Seconds";
  alarm: Pick<
    AlarmArgs,
    "alarmDescription" | "statistic" | "period" | "threshold" | "evaluationPeriods"
  >;
}

/** Five in each of two minutes are no accident. */
const NO_ACCIDENT = { statistic: "Sum", period: 60, threshold: 5, evaluationPeriods: 2 };

const ALARMS: readonly LogAlarm[] = [
  {
    // DynamoDB's own metrics do not count calls without an answer. The instances are healthy and
    // stay in service, so this is where an outage shows.
    name: "DynamoDbAway",
    metric: "DynamoDbUnanswered",
    pattern: UNANSWERED_BY_DYNAMODB,
    value: "1",
    unit: "Count",
    // A call without an answer is retried within its 800 ms; these failed anyway.
    alarm: { ...NO_ACCIDENT, alarmDescription: "DynamoDB does not answer the API" },
  },
  {
    // Answered with 429. If a rollout watched this, anybody could roll it back by flooding the API.
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
    },
  },
];

/**
 * Alarms on the API's log. None of them rolls back a rollout.
 *
 * ### Cost
 * $0.10 a month for each alarm, and $0.30 for its metric in a month in which there was something to
 * tell.
 */
export function logAlarms(
  logs: aws.cloudwatch.LogGroup,
  context: AlarmContext,
): aws.cloudwatch.MetricAlarm[] {
  const namespace = `${$app.name}/${$app.stage}`;
  return ALARMS.map(({ name, metric, pattern, value, unit, alarm: args }) => {
    new aws.cloudwatch.LogMetricFilter(
      `Api${metric}`,
      {
        name: `${$app.name}-${$app.stage}-${metric}`,
        logGroupName: logs.name,
        pattern,
        metricTransformation: { namespace, name: metric, value, unit },
      },
      { ...(context.parent && { parent: context.parent }) },
    );
    return alarm(
      name,
      {
        namespace,
        metricName: metric,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        ...args,
        datapointsToAlarm: args.evaluationPeriods,
        // No such line, nothing to report.
        treatMissingData: "notBreaching",
      },
      context,
    );
  });
}
