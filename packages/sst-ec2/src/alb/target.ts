import { checkPort } from "../sst/address.ts";
import { ArgumentError } from "../sst/argument-error.ts";
import { toSecondsWithin } from "../sst/duration.ts";
import { uniqueName } from "../sst/naming.ts";
import { transform } from "../sst/transform.ts";
import type { AlbTarget, AlbTargetArgs } from "./args.ts";

/** The balancer that a target belongs to. */
interface Balancer {
  name: string;
  vpcId: $util.Input<string>;
  loadBalancer: aws.lb.LoadBalancer;
  listener: aws.lb.Listener;
  securityGroup: aws.ec2.SecurityGroup;
  internal: boolean;
  parent: $util.Resource;
}

/** The last rule that a listener has room for. */
export const LAST_PRIORITY = 50_000;

/** The most paths that one rule takes. */
const MOST_PATHS = 5;

/** A target group, and the rule that sends it its requests. */
export function createTarget(name: string, args: AlbTargetArgs, balancer: Balancer): AlbTarget {
  const { parent } = balancer;
  checkRule(args);
  const group = new aws.lb.TargetGroup(
    ...transform(
      args.transform?.targetGroup,
      // A balancer that changes between the two is replaced, and no group may belong to both of them.
      uniqueName(
        `${name}${balancer.internal ? "Inside" : "Targets"}`,
        "aws:lb/targetGroup:TargetGroup",
      ),
      { vpcId: balancer.vpcId, ...targetGroupArgs(args) },
      { parent },
    ),
  );
  const rule = new aws.lb.ListenerRule(
    ...transform(
      args.transform?.rule,
      `${balancer.name}To${name}`,
      {
        listenerArn: balancer.listener.arn,
        priority: args.priority ?? LAST_PRIORITY,
        actions: [{ type: "forward", targetGroupArn: group.arn }],
        conditions: [{ pathPattern: { values: args.paths ?? ["/*"] } }],
      },
      { parent },
    ),
  );
  return {
    // A group that checks its instances' health must not start before requests can arrive.
    arn: $util.all([group.arn, rule.arn]).apply(([arn]) => arn),
    arnSuffix: group.arnSuffix,
    loadBalancerArnSuffix: balancer.loadBalancer.arnSuffix,
    securityGroup: balancer.securityGroup.id,
    port: args.port,
  };
}

function checkRule({ priority = LAST_PRIORITY, paths = ["/*"] }: AlbTargetArgs): void {
  if (!(Number.isInteger(priority) && priority >= 1 && priority <= LAST_PRIORITY)) {
    throw new ArgumentError(
      `"priority" is ${priority}; it must be a whole number from 1 to ${LAST_PRIORITY}.`,
    );
  }
  if (paths.length < 1 || paths.length > MOST_PATHS || !paths.every((path) => /^[/*]/.test(path))) {
    throw new ArgumentError(
      `"paths" is ${JSON.stringify(paths)}; it must be 1 to ${MOST_PATHS} paths such as "/reports/*".`,
    );
  }
}

/** The target group's arguments, checked. */
function targetGroupArgs(args: AlbTargetArgs) {
  const { health = {}, algorithm = "least-outstanding-requests", port } = args;
  const { healthy = 2, unhealthy = 2 } = health;
  const interval = toSecondsWithin(health.interval ?? "5 seconds", "health.interval", [5, 300]);
  const timeout = toSecondsWithin(health.timeout ?? "2 seconds", "health.timeout", [2, 120]);
  if (timeout >= interval) {
    throw new ArgumentError(
      `"health.timeout" is ${timeout} seconds; it must be less than "health.interval" (${interval} seconds).`,
    );
  }
  for (const [argument, value] of Object.entries({ healthy, unhealthy })) {
    if (Number.isInteger(value) && value >= 2 && value <= 10) continue;
    throw new ArgumentError(
      `"health.${argument}" is ${value}; it must be a whole number from 2 to 10.`,
    );
  }
  checkPort(port, "port");
  const { path = "/health/ready" } = health;
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
      matcher: "200",
      interval,
      timeout,
      healthyThreshold: healthy,
      unhealthyThreshold: unhealthy,
    },
  };
}
