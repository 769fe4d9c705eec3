import { type Grants, NO_RESOURCES, type Scope } from "./grant.ts";

/** The alarms that roll a rollout back, and the services' log groups. */
export function observationGrants({ app }: Scope): Grants {
  return {
    Alarms: {
      on: [`arn:aws:cloudwatch:*:*:alarm:${app}-*`],
      calls: {
        cloudwatch: "PutMetricAlarm DeleteAlarms ListTagsForResource TagResource UntagResource",
      },
    },
    AlarmsRead: {
      on: ["*"],
      reason: "AWS grants these on every resource or not at all.",
      calls: { cloudwatch: "DescribeAlarms PutCompositeAlarm" },
    },
    Logs: {
      on: [`arn:aws:logs:*:*:log-group:/${app}/*`],
      calls: {
        logs: `CreateLogGroup DeleteLogGroup PutRetentionPolicy DeleteRetentionPolicy ListTagsForResource TagResource
        UntagResource`,
      },
    },
    LogsRead: { on: ["*"], reason: NO_RESOURCES, calls: { logs: "DescribeLogGroups" } },
  };
}
