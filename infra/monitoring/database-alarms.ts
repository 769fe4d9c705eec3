import { type AlarmContext, alarm } from "./alarm.ts";

const GIB = 1024 ** 3;

/** `storage` is the size of the disk in GB. */
export function databaseAlarms(
  { identifier, storage }: { identifier: $util.Input<string>; storage: number },
  context: AlarmContext,
): void {
  const ofDatabase = {
    namespace: "AWS/RDS",
    dimensions: { DBInstanceIdentifier: identifier },
    statistic: "Average",
    period: 300,
    evaluationPeriods: 3,
    // Its users notice: the quotes come late.
    treatMissingData: "missing",
  };
  alarm(
    "PostgresCpu",
    {
      ...ofDatabase,
      alarmDescription: "The quotes' database used over 80 % of its processors for 15 minutes",
      metricName: "CPUUtilization",
      threshold: 80,
    },
    context,
  );
  alarm(
    "PostgresStorage",
    {
      ...ofDatabase,
      alarmDescription: "The quotes' database has less than a fifth of its disk left",
      metricName: "FreeStorageSpace",
      comparisonOperator: "LessThanThreshold",
      threshold: (storage / 5) * GIB,
    },
    context,
  );
  alarm(
    "PostgresConnections",
    {
      ...ofDatabase,
      // RDS allows about 80 on 1 GB; it uses a few itself.
      alarmDescription: "The quotes' database had over 60 connections for 15 minutes",
      metricName: "DatabaseConnections",
      threshold: 60,
    },
    context,
  );
}
