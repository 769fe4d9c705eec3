import { AGENT_DOCUMENT } from "./access.ts";
import { APP, type Grants, NEW, NO_RESOURCES, OWN } from "./grant.ts";

/** Alarms and their subscribers, dashboards, saved queries, budgets, and the CloudWatch agent. */
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
  // An association targets instances by tag, whoever owns them, and IAM cannot restrict that. So
  // deployers cannot write documents, and the only one they can use just installs an agent.
  AgentDocument: {
    on: [`arn:aws:ssm:*:*:document/${AGENT_DOCUMENT}`],
    calls: { ssm: "CreateAssociation UpdateAssociation DeleteAssociation DescribeAssociation" },
  },
  NewAssociations: {
    on: ["arn:aws:ssm:*:*:association/*"],
    calls: { ssm: "CreateAssociation AddTagsToResource" },
    only: NEW,
  },
  Associations: {
    on: ["arn:aws:ssm:*:*:association/*", "arn:aws:ec2:*:*:instance/*"],
    calls: {
      ssm: "UpdateAssociation DeleteAssociation DescribeAssociation ListTagsForResource AddTagsToResource RemoveTagsFromResource",
    },
    only: OWN,
  },
};
