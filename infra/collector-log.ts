/// <reference path="../.sst/platform/config.d.ts" />
/** The collector's log, and the alarms based on it. */

import { uniqueName } from "sst-ec2";
import { toSeconds } from "sst-ec2/helpers";
import type { AlarmTopic } from "./alarms.ts";
import type { Stage } from "./stages.ts";

/** Age of the newest stored quote at which somebody should look. */
export const LATE_SECONDS = 300;

/**
 * The collector's log group, if the stage keeps logs in CloudWatch.
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

/** The metric filtered from the log: age of the newest stored quote. */
export const quoteAge = () => ({ namespace: `${$app.name}/${$app.stage}`, name: "QuoteAge" });

/**
 * Alarm for late quotes: for ten minutes the newest stored one was over five minutes old, or the
 * collector logged nothing. The cause may be CoinMarketCap, the key, the database or the collector
 * itself; the log's field `failure` names it.
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
      // The best moment of five minutes, so that one late cycle wakes nobody.
      statistic: "Minimum",
      period: 300,
      evaluationPeriods: 2,
      datapointsToAlarm: 2,
      comparisonOperator: "GreaterThanThreshold",
      threshold: LATE_SECONDS,
      // A silent collector collects nothing.
      treatMissingData: "breaching",
      alarmActions: actions,
      okActions: actions,
    },
  );
}

/**
 * Alarm for a quote that the database refused, for example because of a new constraint or a column
 * that is too small. The quote stays in the file beside the collector's buffer until somebody looks.
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
