import type { DashboardArgs } from "../../infra/monitoring/dashboard-types.ts";

const ALARMS = [
  "ApiFailing",
  "ApiErrors",
  "ApiSick",
  "ApiSlow",
  "ApiBalancer",
  "ApiCpu",
  "ApiMemory",
  "ApiAtMost",
  "TablesThrottled",
  "TablesFailing",
  "DynamoDbAway",
  "PasswordsTurnedAway",
  "RemovalsStandStill",
];

/** Production's names, as far as a picture needs them; a test compares the alarms with those made. */
export const EXAMPLE: DashboardArgs = {
  region: "us-east-1",
  loadBalancer: "app/steadfast-prod-Alb/1",
  targetGroup: "targetgroup/steadfast-prod-ApiTargets/1",
  group: "steadfast-prod-Api",
  min: 2,
  max: 6,
  instance: "t4g.small",
  tables: ["Users", "Logins", "Posts", "Removals"].map(
    (table) => `steadfast-prod-${table}Table-abcdefgh`,
  ),
  logGroup: "/steadfast/prod/api",
  alarms: ALARMS.map((name) => `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${name}`),
};
