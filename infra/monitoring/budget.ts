import { fixedName } from "sst-ec2";
import type { AlarmTopic } from "./alarms.ts";

/**
 * Tells when the stage has cost 80 % and 100 % of its monthly budget, and when AWS forecasts that
 * it will exceed it. Free. Counts what has the tags `app` and `stage`, once the paying account has
 * activated them as cost allocation tags.
 * @param monthly US dollars
 */
export function budget(monthly: number, topic: AlarmTopic, parent: $util.Resource): void {
  const notification = (notificationType: "ACTUAL" | "FORECASTED", threshold: number) => ({
    notificationType,
    threshold,
    thresholdType: "PERCENTAGE",
    comparisonOperator: "GREATER_THAN",
    subscriberSnsTopicArns: [topic.arn],
  });
  new aws.budgets.Budget(
    "Budget",
    {
      name: fixedName("Budget", "aws:budgets/budget:Budget"),
      budgetType: "COST",
      timeUnit: "MONTHLY",
      limitAmount: `${monthly}`,
      limitUnit: "USD",
      costFilters: [
        {
          name: "TagKeyValue",
          values: [`user:app$${$app.name}`, `user:stage$${$app.stage}`],
        },
      ],
      notifications: [
        notification("ACTUAL", 80),
        notification("ACTUAL", 100),
        notification("FORECASTED", 100),
      ],
    },
    { parent },
  );
}
