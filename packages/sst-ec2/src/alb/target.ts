import { checkPort } from "../sst/address.ts";
import { ArgumentError, checkWhole } from "../sst/argument-error.ts";
import { toSecondsWithin } from "../sst/duration.ts";
import { uniqueName } from "../sst/naming.ts";
import { transform } from "../sst/transform.ts";
import type { AlbRule, AlbTarget, AlbTargetArgs } from "./args.ts";
import { checkRules, conditionsOf, type Priorities } from "./rules.ts";

/** A listener, and what it is called in a rule's `listen`. */
export interface RulePlace {
  listen: string;
  listener: aws.lb.Listener;
}

/** The balancer that a target belongs to. */
export interface Balancer {
  name: string;
  vpcId: $util.Input<string>;
  loadBalancer: aws.lb.LoadBalancer;
  securityGroup: $util.Input<string>;
  /** Whether its group lets it out to everything. */
  isOpen?: boolean;
  internal: boolean;
  /**
   * Where a rule belongs; undefined where the balancer does by itself what it says.
   *
   * @param argument The rule's name, for messages.
   * @throws When the balancer has no such listener.
   */
  placeOf(rule: AlbRule, argument: string): RulePlace | undefined;
  priorities: Priorities;
  parent: $util.Resource;
}

/** Creates a target group and the rules that route requests to it. */
export function createTarget(name: string, args: AlbTargetArgs, balancer: Balancer): AlbTarget {
  const { parent } = balancer;
  checkRules(args.rules ?? [{}]);
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
  const made = createRules(name, args, balancer, group);
  return {
    // A group that checks its instances' health must not start before requests can arrive.
    arn: $util.all([group.arn, ...made.map(({ arn }) => arn)]).apply(([arn]) => arn as string),
    arnSuffix: group.arnSuffix,
    loadBalancerArnSuffix: balancer.loadBalancer.arnSuffix,
    securityGroup: $util.output(balancer.securityGroup),
    isOpen: balancer.isOpen ?? false,
    port: args.port,
  };
}

/** The rules that route requests to a target group, or elsewhere. */
function createRules(
  name: string,
  args: AlbTargetArgs,
  balancer: Balancer,
  group: aws.lb.TargetGroup,
): aws.lb.ListenerRule[] {
  return (args.rules ?? [{}]).flatMap((rule, index) => {
    const place = balancer.placeOf(rule, `loadBalancer.rules[${index}]`);
    if (!place) return [];
    return new aws.lb.ListenerRule(
      ...transform(
        args.transform?.rule,
        // A service's name has no underscore: "ApiTo1" and the second of "ApiTo" stay apart.
        `${balancer.name}To${name}${index ? `_${index}` : ""}`,
        {
          listenerArn: place.listener.arn,
          priority: balancer.priorities.take(name, rule, index, place.listen),
          actions: [
            rule.redirect
              ? redirectTo(rule.redirect)
              : { type: "forward", targetGroupArn: group.arn },
          ],
          conditions: conditionsOf(rule),
        },
        { parent: balancer.parent },
      ),
    );
  });
}

function redirectTo(place: string) {
  const [port = "", protocol = ""] = place.split("/");
  return {
    type: "redirect",
    redirect: { port, protocol: protocol.toUpperCase(), statusCode: "HTTP_301" },
  };
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
  for (const [argument, value] of Object.entries({ healthyThreshold, unhealthyThreshold }))
    checkWhole(`health.${argument}`, value, [2, 10]);
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
