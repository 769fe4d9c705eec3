/// <reference path="../../.sst/platform/config.d.ts" />
/** What only the API's log knows: that a dependency gave no answer. */
import { UNANSWERED_BY_DYNAMODB } from "../logs/queries.ts";
import { type AlarmContext, alarm } from "./alarm.ts";

/** The metric that the log is made into: answers of the API that DynamoDB left it without. */
const unanswered = () => ({ namespace: `${$app.name}/${$app.stage}`, name: "DynamoDbUnanswered" });

/**
 * Alarm when DynamoDB is away as the API sees it: calls without an answer, which DynamoDB's own metrics
 * do not count. The instances stay in service meanwhile, for they have nothing wrong with them, so this
 * is where an outage shows.
 *
 * ### Cost
 * $0.10 a month for the alarm, and $0.30 for the metric in a month in which there was an outage.
 */
export function awayAlarm(
  logs: aws.cloudwatch.LogGroup,
  context: AlarmContext,
): aws.cloudwatch.MetricAlarm {
  const metric = unanswered();
  new aws.cloudwatch.LogMetricFilter(
    "ApiDynamoDbUnanswered",
    {
      name: `${$app.name}-${$app.stage}-${metric.name}`,
      logGroupName: logs.name,
      pattern: UNANSWERED_BY_DYNAMODB,
      metricTransformation: { ...metric, value: "1", unit: "Count" },
    },
    { ...(context.parent && { parent: context.parent }) },
  );
  return alarm(
    "DynamoDbAway",
    {
      alarmDescription: "DynamoDB does not answer the API",
      namespace: metric.namespace,
      metricName: metric.name,
      statistic: "Sum",
      period: 60,
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      // A call that gets no answer is asked again within its 800 ms; five that failed all the same, in
      // each of two minutes, are no accident.
      threshold: 5,
      evaluationPeriods: 2,
      datapointsToAlarm: 2,
      // Nobody asked, or all were answered.
      treatMissingData: "notBreaching",
    },
    context,
  );
}
