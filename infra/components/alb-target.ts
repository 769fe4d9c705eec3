/// <reference path="../../.sst/platform/config.d.ts" />
import type { AlbTarget, AlbTargetArgs } from "./alb-args.ts";
import { ArgumentError } from "./argument-error.ts";
import { toSecondsWithin } from "./duration.ts";
import { uniqueName } from "./naming.ts";
import { transform } from "./transform.ts";

/** The balancer that a target belongs to. */
interface Balancer {
  name: string;
  vpcId: $util.Input<string>;
  loadBalancer: aws.lb.LoadBalancer;
  listener: aws.lb.Listener;
  securityGroup: aws.ec2.SecurityGroup;
  parent: $util.Resource;
}

/** A target group, and the rule that sends it its requests. */
export function createTarget(name: string, args: AlbTargetArgs, balancer: Balancer): AlbTarget {
  const { parent } = balancer;
  const group = new aws.lb.TargetGroup(
    ...transform(
      args.transform?.targetGroup,
      uniqueName(`${name}Targets`, 32),
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
        priority: args.priority ?? 50_000,
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

/** The target group's arguments, checked. */
function targetGroupArgs(args: AlbTargetArgs) {
  const { health = {}, algorithm = "least-outstanding-requests", port } = args;
  const { healthy = 2, unhealthy = 5 } = health;
  const interval = toSecondsWithin(health.interval ?? "5 seconds", "health.interval", [5, 300]);
  const timeout = toSecondsWithin(health.timeout ?? "4 seconds", "health.timeout", [2, 120]);
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
  if (!(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw new ArgumentError(`"port" is ${port}; it must be a whole number from 1 to 65535.`);
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
      path: health.path ?? "/health/ready",
      matcher: "200",
      interval,
      timeout,
      healthyThreshold: healthy,
      unhealthyThreshold: unhealthy,
    },
  };
}
