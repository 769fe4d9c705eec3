/// <reference path="../.sst/platform/config.d.ts" />
/** The collector's log, and the alarm that is made of it. */

import { uniqueName } from "sst-ec2";
import { toSeconds } from "sst-ec2/helpers";
import type { AlarmTopic } from "./alarms.ts";
import type { Stage } from "./stages.ts";

/** Age of the newest stored quote at which somebody should look. */
export const LATE_SECONDS = 300;

/**
 * The collector's log group, where the stage keeps logs in CloudWatch.
 *
 * ### Cost
 * A line of about 200 bytes every 15 seconds is 35 MB a month, **$0.02**.
 */
export function collectorLogs(stage: Stage): aws.cloudwatch.LogGroup | undefined {
  if (!stage.logs || $dev) return undefined;
  return new aws.cloudwatch.LogGroup("CollectorLogs", {
    name: `/${$app.name}/${$app.stage}/collector`,
    retentionInDays: toSeconds(stage.logRetention, "logRetention") / 86_400,
  });
}

/** The metric that the log is made into: how old the newest stored quote is. */
export const quoteAge = () => ({ namespace: `${$app.name}/${$app.stage}`, name: "QuoteAge" });

/**
 * Alarm when quotes come late: for ten minutes the newest stored one was over five minutes old, or
 * there was no word of the collector at all. It has one cause as well as another: CoinMarketCap, the
 * key, the database, the collector itself; the log's field `failure` names it.
 *
 * ### Cost
 * $0.30 a month for the metric and $0.10 for the alarm.
 */
export function latenessAlarm(logs: aws.cloudwatch.LogGroup, topic: AlarmTopic | undefined) {
  const metric = quoteAge();
  new aws.cloudwatch.LogMetricFilter("CollectorQuoteAge", {
    name: `${$app.name}-${$app.stage}-QuoteAge`,
    logGroupName: logs.name,
    pattern: '{ $.event = "cycle" }',
    metricTransformation: { ...metric, value: "$.lag_seconds", unit: "Seconds" },
  });
  const actions = topic ? [topic.arn] : [];
  new aws.cloudwatch.MetricAlarm(
    uniqueName("QuotesLate", "aws:cloudwatch/metricAlarm:MetricAlarm"),
    {
      alarmDescription: "The newest stored quote is over five minutes old",
      namespace: metric.namespace,
      metricName: metric.name,
      // The best moment of five minutes: one late cycle is no reason to wake anybody.
      statistic: "Minimum",
      period: 300,
      evaluationPeriods: 2,
      datapointsToAlarm: 2,
      comparisonOperator: "GreaterThanThreshold",
      threshold: LATE_SECONDS,
      // A collector that says nothing collects nothing.
      treatMissingData: "breaching",
      alarmActions: actions,
      okActions: actions,
    },
  );
}

/**
 * Alarm when the database refused a quote, which is then in the file beside the collector's buffer
 * until somebody has looked: a new constraint, say, or a column that is too small.
 *
 * ### Cost
 * $0.30 a month for the metric and $0.10 for the alarm.
 */
export function refusalAlarm(logs: aws.cloudwatch.LogGroup, topic: AlarmTopic | undefined) {
  const metric = { namespace: quoteAge().namespace, name: "QuotesRefused" };
  new aws.cloudwatch.LogMetricFilter("CollectorQuotesRefused", {
    name: `${$app.name}-${$app.stage}-QuotesRefused`,
    logGroupName: logs.name,
    pattern: '{ $.event = "cycle" }',
    metricTransformation: { ...metric, value: "$.refused", unit: "Count" },
  });
  new aws.cloudwatch.MetricAlarm(
    uniqueName("QuotesRefused", "aws:cloudwatch/metricAlarm:MetricAlarm"),
    {
      alarmDescription:
        "The database refused quotes; they wait in the collector's quotes.refused.jsonl",
      namespace: metric.namespace,
      metricName: metric.name,
      statistic: "Sum",
      period: 300,
      evaluationPeriods: 1,
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      treatMissingData: "notBreaching",
      alarmActions: topic ? [topic.arn] : [],
    },
  );
}
