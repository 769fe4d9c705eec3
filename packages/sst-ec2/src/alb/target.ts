import { createHash } from "node:crypto";
import { checkPort } from "../sst/address.ts";
import { ArgumentError } from "../sst/argument-error.ts";
import { toSecondsWithin } from "../sst/duration.ts";
import { uniqueName } from "../sst/naming.ts";
import { transform } from "../sst/transform.ts";
import type { AlbRule, AlbTarget, AlbTargetArgs } from "./args.ts";

/** The balancer that a target belongs to. */
export interface Balancer {
  name: string;
  vpcId: $util.Input<string>;
  loadBalancer: aws.lb.LoadBalancer;
  securityGroup: $util.Input<string>;
  internal: boolean;
  /** The listener of a rule's `listen`. */
  listenerOf(listen: AlbRule["listen"]): aws.lb.Listener;
  /** Names of the targets by priority; a new target adds its own. */
  taken: Map<number, string>;
  parent: $util.Resource;
}

/** The last priority of a listener's rule. */
export const LAST_PRIORITY = 50_000;

/** Most values of a rule. */
const MOST_VALUES = 5;

/** Creates a target group and the rules that route requests to it. */
export function createTarget(name: string, args: AlbTargetArgs, balancer: Balancer): AlbTarget {
  const { parent } = balancer;
  const rules = args.rules ?? [{}];
  rules.forEach(checkRule);
  const group = new aws.lb.TargetGroup(
    ...transform(
      args.transform?.targetGroup,
      // Changing between the two replaces the balancer, and no target group may belong to both.
      uniqueName(
        `${name}${balancer.internal ? "Inside" : "Targets"}`,
        "aws:lb/targetGroup:TargetGroup",
      ),
      { vpcId: balancer.vpcId, ...targetGroupArgs(args) },
      { parent },
    ),
  );
  const made = rules.map(
    (rule, index) =>
      new aws.lb.ListenerRule(
        ...transform(
          args.transform?.rule,
          `${balancer.name}To${name}${index || ""}`,
          {
            listenerArn: balancer.listenerOf(rule.listen).arn,
            priority: takePriority(name, rule, balancer.taken),
            actions: [{ type: "forward", targetGroupArn: group.arn }],
            conditions: conditionsOf(rule),
          },
          { parent },
        ),
      ),
  );
  return {
    // A group that checks its instances' health must not start before requests can arrive.
    arn: $util.all([group.arn, ...made.map(({ arn }) => arn)]).apply(([arn]) => arn as string),
    arnSuffix: group.arnSuffix,
    loadBalancerArnSuffix: balancer.loadBalancer.arnSuffix,
    securityGroup: $util.output(balancer.securityGroup),
    port: args.port,
  };
}

const list = (value: string | readonly string[] | undefined): readonly string[] =>
  typeof value === "string" ? [value] : (value ?? []);

function conditionsOf({ conditions = {} }: AlbRule): aws.types.input.lb.ListenerRuleCondition[] {
  const { path, host, header, query } = conditions;
  const found = [
    ...(path ? [{ pathPattern: { values: [...list(path)] } }] : []),
    ...(host ? [{ hostHeader: { values: [...list(host)] } }] : []),
    ...(header
      ? [{ httpHeader: { httpHeaderName: header.name, values: [...header.values] } }]
      : []),
    ...(query ? [{ queryStrings: query.map((each) => ({ ...each })) }] : []),
  ];
  return found.length > 0 ? found : [{ pathPattern: { values: ["/*"] } }];
}

function checkRule({ priority, conditions = {}, forward }: AlbRule, index: number): void {
  const argument = `loadBalancer.rules[${index}]`;
  if (
    priority !== undefined &&
    !(Number.isInteger(priority) && priority >= 1 && priority <= LAST_PRIORITY)
  ) {
    throw new ArgumentError(
      `"${argument}.priority" is ${priority}; it must be a whole number from 1 to ${LAST_PRIORITY}.`,
    );
  }
  if (forward !== undefined && !/^\d+\/http$/.test(forward))
    throw new ArgumentError(`"${argument}.forward" is "${forward}"; it must be like "3000/http".`);
  const { path, host, header, query } = conditions;
  const wrong = list(path).find((each) => !/^[/*]/.test(each));
  if (wrong !== undefined)
    throw new ArgumentError(
      `"${argument}.conditions.path" has "${wrong}"; it must be a path such as "/reports/*".`,
    );
  const values = [...list(path), ...list(host), ...(header?.values ?? []), ...(query ?? [])];
  if (values.length > MOST_VALUES)
    throw new ArgumentError(
      `"${argument}.conditions" have ${values.length} values; a rule takes ${MOST_VALUES}. Make a second rule.`,
    );
}

/** A rule's place among those of its balancer. */
function takePriority(name: string, rule: AlbRule, taken: Map<number, string>): number {
  const priority = rule.priority ?? priorityOf(name, rule);
  const other = taken.get(priority);
  if (other) {
    throw new ArgumentError(
      `"priority" of a rule of "${name}" is ${priority}, as that of "${other}"; each rule of a balancer needs one of its own. Say "priority" in either.`,
    );
  }
  taken.set(priority, name);
  return priority;
}

/**
 * A priority that is independent of the app's other rules, so that adding a rule moves none: the
 * more specific a rule, the earlier it is evaluated. A hash orders equally specific rules. Pure.
 */
export function priorityOf(name: string, { conditions = {} }: AlbRule): number {
  const { path, host, header, query } = conditions;
  const length = Math.min(
    Math.max(0, ...list(path).map((each) => each.replace(/\*$/, "").length)),
    99,
  );
  if (!host && !header && !query && length <= 1) return LAST_PRIORITY;
  const band = (host ? 0 : 20_000) + (header || query ? 0 : 10_000) + (99 - length) * 100;
  const hash = createHash("sha256")
    .update(JSON.stringify([name, conditions]))
    .digest();
  return band + 1 + (hash.readUInt16BE() % 100);
}

/** The target group's arguments, checked. */
function targetGroupArgs(args: AlbTargetArgs) {
  const { health = {}, algorithm = "least-outstanding-requests", port } = args;
  const { healthyThreshold = 2, unhealthyThreshold = 2, path = "/" } = health;
  const interval = toSecondsWithin(health.interval ?? "5 seconds", "health.interval", [5, 300]);
  const timeout = toSecondsWithin(health.timeout ?? "2 seconds", "health.timeout", [2, 120]);
  if (timeout >= interval) {
    throw new ArgumentError(
      `"health.timeout" is ${timeout} seconds; it must be less than "health.interval" (${interval} seconds).`,
    );
  }
  for (const [argument, value] of Object.entries({ healthyThreshold, unhealthyThreshold })) {
    if (Number.isInteger(value) && value >= 2 && value <= 10) continue;
    throw new ArgumentError(
      `"health.${argument}" is ${value}; it must be a whole number from 2 to 10.`,
    );
  }
  checkPort(port, "port");
  if (!path.startsWith("/")) {
    throw new ArgumentError(`"health.path" is "${path}"; it must begin with "/".`);
  }
  if (args.slowStart && algorithm !== "round-robin") {
    throw new ArgumentError('"slowStart" needs "algorithm" to be "round-robin".');
  }
  return {
    port,
    protocol: "HTTP",
    targetType: "instance",
    deregistrationDelay: toSecondsWithin(
      args.deregistrationDelay ?? "30 seconds",
      "deregistrationDelay",
      [0, 3600],
    ),
    loadBalancingAlgorithmType: algorithm.replaceAll("-", "_"),
    ...(args.slowStart && { slowStart: toSecondsWithin(args.slowStart, "slowStart", [30, 900]) }),
    healthCheck: {
      path,
      matcher: health.successCodes ?? "200",
      interval,
      timeout,
      healthyThreshold,
      unhealthyThreshold,
    },
  };
}
