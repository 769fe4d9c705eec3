/** Alarms on the collector's log. */

import { logAlarm, logMetric } from "../monitoring/alarm.ts";
import type { AlarmTopic } from "../monitoring/alarms.ts";

/** In seconds. */
export const LATE_SECONDS = 300;

/** Age of the newest stored quote. */
export const quoteAge = () => logMetric("QuoteAge");

/** Every cycle logs one line. */
const CYCLES = { service: "Collector", pattern: '{ $.event = "cycle" }' };

/**
 * - `QuotesLate`: for ten minutes the newest stored quote was over five minutes old, or the
 *   collector logged nothing. The log's field `failure` says why.
 * - `QuotesRefused`: the database refused a quote, which stays in the file beside the collector's
 *   buffer.
 *
 * ### Cost
 * $0.30 a month for each of the two metrics and $0.10 for each alarm.
 */
export function collectorAlarms(logs: aws.cloudwatch.LogGroup, topic: AlarmTopic | undefined) {
  const context = { actions: topic ? [topic.arn] : [] };
  const late = {
    alarmDescription: "The newest stored quote is over five minutes old",
    // The best moment of five minutes, so that one late cycle wakes nobody.
    statistic: "Minimum",
    period: 300,
    evaluationPeriods: 2,
    comparisonOperator: "GreaterThanThreshold",
    threshold: LATE_SECONDS,
    // A silent collector collects nothing.
    treatMissingData: "breaching",
  };
  const refused = {
    alarmDescription:
      "The database refused quotes; they wait in the collector's quotes.refused.jsonl",
    statistic: "Sum",
    period: 300,
    evaluationPeriods: 1,
    comparisonOperator: "GreaterThanThreshold",
    threshold: 0,
    treatMissingData: "notBreaching",
    // They are still there when no more are refused.
    okActions: [],
  };
  logAlarm(
    logs,
    {
      ...CYCLES,
      name: "QuotesLate",
      metric: quoteAge().name,
      value: "$.lag_seconds",
      unit: "Seconds",
      alarm: late,
    },
    context,
  );
  logAlarm(
    logs,
    {
      ...CYCLES,
      name: "QuotesRefused",
      metric: "QuotesRefused",
      value: "$.refused",
      unit: "Count",
      alarm: refused,
    },
    context,
  );
}
