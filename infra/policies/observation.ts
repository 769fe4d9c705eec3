import { APP, type Grants, NO_RESOURCES, OWN } from "./grant.ts";

export const observation: Grants = {
  Alarms: {
    on: [
      `arn:aws:cloudwatch:*:*:alarm:${APP}-*`,
      `arn:aws:cloudwatch::*:dashboard/${APP}-*`,
      `arn:aws:sns:*:*:${APP}-*`,
      `arn:aws:events:*:*:rule/${APP}-*`,
      `arn:aws:budgets::*:budget/${APP}-*`,
    ],
    calls: {
      cloudwatch: `PutMetricAlarm DeleteAlarms PutDashboard GetDashboard DeleteDashboards ListTagsForResource TagResource
        UntagResource`,
      sns: `CreateTopic DeleteTopic GetTopicAttributes SetTopicAttributes Subscribe ListTagsForResource TagResource
        UntagResource`,
      events: `PutRule DescribeRule DeleteRule PutTargets ListTargetsByRule RemoveTargets ListTagsForResource TagResource
        UntagResource`,
      budgets: "ViewBudget ModifyBudget ListTagsForResource TagResource UntagResource",
    },
  },
  Unnamed: {
    on: ["*"],
    reason: `${NO_RESOURCES} AWS grants composite alarms on every resource or not at all.`,
    calls: {
      cloudwatch: "DescribeAlarms PutCompositeAlarm",
      sns: "GetSubscriptionAttributes SetSubscriptionAttributes Unsubscribe",
      logs: "PutQueryDefinition DescribeQueryDefinitions DeleteQueryDefinition",
    },
  },
  // Older stages have an association for the CloudWatch agent; the next deploy deletes it.
  OldAssociations: {
    on: ["arn:aws:ssm:*:*:association/*", "arn:aws:ec2:*:*:instance/*"],
    calls: { ssm: "DeleteAssociation DescribeAssociation ListTagsForResource" },
    only: OWN,
  },
  OldAgentDocument: {
    on: [`arn:aws:ssm:*:*:document/${APP}-InstallAgent`],
    calls: { ssm: "DeleteAssociation DescribeAssociation" },
  },
};
