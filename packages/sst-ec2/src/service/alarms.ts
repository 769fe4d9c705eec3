/** Alarms that roll a rollout back. */
import type { AlbTarget } from "../alb/args.ts";
import { ArgumentError } from "../sst/argument-error.ts";
import { fixedName, uniqueName } from "../sst/naming.ts";
import { transform } from "../sst/transform.ts";
import type { ServiceArgs } from "./args.ts";

/** What an instance refresh takes; they must be metric alarms. */
const MOST_WATCHED = 10;

/**
 * Two alarms on what a service's clients see:
 * - errors: in two minutes running, five answers or more and over 5 % of all were 5xx. A bug in one
 *   route of a busy service shows, a single failed request of a quiet one does not;
 * - sick: an instance was unhealthy for three minutes running. A new one may be so while it starts,
 *   for less than that.
 *
 * Where nothing is measured nobody asked, which is no fault: both count missing data as good.
 *
 * @returns All alarms, `rollout.watch` among them, with the composite one first where it is wanted, and
 * the names of those that a rollout watches: the metric alarms, for AWS takes no other.
 * @throws When there are more than AWS watches.
 */
export function createRolloutAlarms(
  name: string,
  args: ServiceArgs,
  target: AlbTarget,
  parent: $util.Resource,
): RolloutAlarms {
  const { composite = false, watch: given = [] } = args.rollout ?? {};
  const watch = typeof given === "function" ? given(target) : given;
  if (watch.length + 2 > MOST_WATCHED) {
    throw new ArgumentError(
      `"rollout.watch" of "${name}" has ${watch.length} alarms; with the service's own two AWS watches ${MOST_WATCHED} at most.`,
    );
  }
  const alarms = [...createOwnAlarms(name, args, target, composite, parent), ...watch];
  const names = alarms.map((alarm) => alarm.name);
  if (!composite) return { alarms, watched: names };
  return { alarms: [createComposite(name, args, names, parent), ...alarms], watched: names };
}

interface RolloutAlarms {
  alarms: (aws.cloudwatch.CompositeAlarm | aws.cloudwatch.MetricAlarm)[];
  watched: $util.Output<string>[];
}

function createOwnAlarms(
  name: string,
  args: ServiceArgs,
  target: AlbTarget,
  silent: boolean,
  parent: $util.Resource,
) {
  const dimensions = { LoadBalancer: target.loadBalancerArnSuffix, TargetGroup: target.arnSuffix };
  const actions = silent ? [] : (args.alarmActions ?? []);
  const alarm = (
    suffix: string,
    alarmArgs: Omit<aws.cloudwatch.MetricAlarmArgs, "comparisonOperator">,
  ) =>
    new aws.cloudwatch.MetricAlarm(
      ...transform(
        args.transform?.alarm,
        uniqueName(`${name}${suffix}`, "aws:cloudwatch/metricAlarm:MetricAlarm"),
        {
          alarmActions: actions,
          okActions: actions,
          comparisonOperator: "GreaterThanOrEqualToThreshold",
          treatMissingData: "notBreaching",
          ...alarmArgs,
        },
        { parent },
      ),
    );
  const sum = (id: string, metricName: string) => ({
    id,
    metric: { namespace: "AWS/ApplicationELB", metricName, stat: "Sum", period: 60, dimensions },
  });

  const errors = alarm("Errors", {
    alarmDescription: `Over 5 % of ${name}'s answers are 5xx`,
    evaluationPeriods: 2,
    threshold: 5,
    metricQueries: [
      {
        id: "rate",
        expression: "IF(errors >= 5, 100 * errors / requests, 0)",
        label: "5xx in percent",
        returnData: true,
      },
      sum("errors", "HTTPCode_Target_5XX_Count"),
      sum("requests", "RequestCount"),
    ],
  });
  const sick = alarm("Sick", {
    alarmDescription: `An instance of ${name} is unhealthy`,
    namespace: "AWS/ApplicationELB",
    metricName: "UnHealthyHostCount",
    dimensions,
    statistic: "Minimum",
    period: 60,
    evaluationPeriods: 3,
    threshold: 1,
  });
  return [errors, sick];
}

/** Fires when any of the alarms does. It alone tells anybody: one outage is one message, not four. */
function createComposite(
  name: string,
  args: ServiceArgs,
  alarms: $util.Output<string>[],
  parent: $util.Resource,
): aws.cloudwatch.CompositeAlarm {
  return new aws.cloudwatch.CompositeAlarm(
    ...transform(
      args.transform?.compositeAlarm,
      `${name}Failing`,
      {
        alarmName: fixedName(`${name}Failing`, "aws:cloudwatch/compositeAlarm:CompositeAlarm"),
        alarmDescription: `Clients of ${name} are served badly; the alarms below it say how`,
        alarmRule: $util
          .all(alarms)
          .apply((names) => names.map((each) => `ALARM("${each}")`).join(" OR ")),
        alarmActions: args.alarmActions ?? [],
        okActions: args.alarmActions ?? [],
      },
      { parent },
    ),
  );
}
