import { type AlarmContext, alarm } from "./alarm.ts";

/** Over one metric of several tables, for all operations. Pure. */
export function tableQuery(metric: string, tables: readonly string[]): string {
  const ours = tables.map((table) => `TableName = '${table}'`).join(" OR ");
  return `SELECT SUM(${metric}) FROM SCHEMA("AWS/DynamoDB", Operation, TableName) WHERE ${ours}`;
}

/**
 * Alarms on calls that DynamoDB refused or failed: one query over all tables and operations each.
 *
 * ### Cost
 * $0.10 a month for each metric that a query finds. DynamoDB makes these only when there is
 * something to count, so a quiet month costs nothing.
 */
export function tableAlarms(
  tables: $util.Input<string>[],
  context: AlarmContext,
): aws.cloudwatch.MetricAlarm[] {
  const onQuery = (
    name: string,
    alarmDescription: string,
    metric: string,
    [threshold, datapointsToAlarm, evaluationPeriods]: [number, number, number],
  ) =>
    alarm(
      name,
      {
        alarmDescription,
        threshold,
        evaluationPeriods,
        datapointsToAlarm,
        // No such metric, no such calls.
        treatMissingData: "notBreaching",
        metricQueries: [
          {
            id: "calls",
            label: metric,
            expression: $util.all(tables).apply((names) => tableQuery(metric, names)),
            period: 60,
            returnData: true,
          },
        ],
      },
      context,
    );
  return [
    // An on-demand table throttles what exceeds twice its previous peak until it has grown. The API
    // tries three times, so a few do no harm.
    onQuery("TablesThrottled", "DynamoDB refuses calls", "ThrottledRequests", [10, 3, 5]),
    // DynamoDB fails a few calls in a million, and the API retries.
    onQuery("TablesFailing", "DynamoDB fails", "SystemErrors", [5, 2, 2]),
  ];
}
