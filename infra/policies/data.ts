import { namesGrants, storageGrants } from "sst-ec2/policy";
import { APP, type Grants, NO_RESOURCES, SCOPE } from "./grant.ts";

/**
 * Tables, buckets, parameters, log groups and DNS records.
 * @param domains of the stages; without any there are no rights on zones and certificates
 */
export const data = (domains: readonly string[]): Grants => ({
  Tables: {
    on: [`arn:aws:dynamodb:*:*:table/${APP}-*`],
    calls: {
      dynamodb: `CreateTable DeleteTable DescribeTable UpdateTable DescribeContinuousBackups UpdateContinuousBackups
        DescribeTimeToLive UpdateTimeToLive ListTagsOfResource TagResource UntagResource`,
    },
  },
  ...storageGrants(SCOPE),
  LogGroups: {
    on: [
      `arn:aws:logs:*:*:log-group:/${APP}/*`,
      `arn:aws:logs:*:*:log-group:/aws/rds/instance/${APP}-*`, // drop: quotes
    ],
    calls: {
      logs: `CreateLogGroup DeleteLogGroup PutRetentionPolicy ListTagsForResource TagResource UntagResource PutMetricFilter
        DescribeMetricFilters DeleteMetricFilter`,
    },
  },
  DataRead: {
    on: ["*"],
    reason: NO_RESOURCES,
    calls: { logs: "DescribeLogGroups" },
  },
  ...(domains.length > 0 && namesGrants(SCOPE, domains)),
});
