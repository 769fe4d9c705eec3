/** Arguments of an `Service` with their defaults, checked before anything is created. */
import { check, checkWhole } from "../sst/argument-error.ts";
import { toSecondsWithin } from "../sst/duration.ts";
import { checkLinks, type Linkable } from "../sst/link.ts";
import type { ServiceArgs } from "./args.ts";
import {
  checkConnections,
  checkListeningPort,
  checkName,
  checkProgram,
  checkVariables,
} from "./checks.ts";
import { isPlain } from "./command.ts";
import { type HealthSettings, resolveHealth } from "./health.ts";
import { type Architecture, architectureOf, checkInstanceTypes } from "./instance-type.ts";
import { type LoggingSettings, resolveLogging } from "./logging.ts";
import { type ResolvedScaling, resolveScaling } from "./scaling.ts";

/** Arguments with their defaults; durations in seconds. */
export interface Settings extends HealthSettings, LoggingSettings {
  instances: readonly string[];
  /** Of the instances. */
  architecture: Architecture;
  disk: number;
  healthyPercentage: readonly [number, number];
  leastServing: number;
  scaling: ResolvedScaling;
  capacity: { base: number; spot: number } | undefined;
  links: Linkable[];
  port: number;
  processes: number | undefined;
  drain: number;
  timeout: number;
  lifetime: number | undefined;
}

/** In seconds. */
const DAY = 86_400;

/**
 * What a `Service` is to be; durations in seconds.
 *
 * @throws When an argument is wrong; the message says which and what is allowed.
 */
export function resolveSettings(name: string, args: ServiceArgs): Settings {
  checkName(name);
  const { disk = 8, instances = ["t4g.micro"], rollout = {}, maxInstanceLifetime } = args;
  const architecture = architectureOf(instances[0] ?? "t4g.micro", "instances");
  checkInstanceTypes(instances, architecture, "instances");
  checkWhole("disk", disk, [8, 16_384], " of GB");
  checkWhole("processes", args.processes ?? 1, [1, 256]);
  const capacity = resolveCapacity(args.capacity);
  checkWhole("rollout.leastServing", rollout.leastServing ?? 1, [0, 100]);
  checkConnections(args);
  checkVariables(name, args);
  checkProgram(args);
  const health = resolveHealth(args);
  const timeout = toSecondsWithin(rollout.timeout ?? "20 minutes", "rollout.timeout", [60, 43_200]);
  check(
    timeout > health.warmup,
    `"rollout.timeout" is ${timeout} seconds; it must be longer than the ${health.warmup} that an instance may take, "health.startPeriod" and half a minute.`,
  );
  return {
    ...resolveLogging(args),
    ...health,
    timeout,
    instances,
    disk,
    healthyPercentage: healthyPercentage(rollout.healthyPercentage),
    leastServing: rollout.leastServing ?? 1,
    scaling: resolveScaling(args),
    links: checkLinks(name, args.link ?? []),
    architecture,
    capacity,
    port: portOf(args),
    processes: processesOf(args),
    drain: toSecondsWithin(args.drain ?? "30 seconds", "drain", [0, 300]),
    lifetime:
      maxInstanceLifetime &&
      toSecondsWithin(maxInstanceLifetime, "maxInstanceLifetime", [DAY, 365 * DAY]),
  };
}

/** One for a program that listens by itself: a second one would find the port in use. */
function processesOf(args: ServiceArgs): number | undefined {
  const { processes, socket } = args;
  if (!isPlain(args) || socket) return processes;
  check(
    (processes ?? 1) === 1,
    `"processes" is ${processes}; a program that listens by itself has one. Give it "socket: true" if it takes systemd's socket.`,
  );
  return 1;
}

function resolveCapacity(capacity: ServiceArgs["capacity"]) {
  if (!capacity) return undefined;
  const { base, spot } = capacity === "spot" ? { base: 0, spot: 100 } : capacity;
  check(
    Number.isInteger(base) && base >= 0 && Number.isInteger(spot) && spot >= 1 && spot <= 100,
    '"capacity" needs a "spot" from 1 to 100 percent and a "base" of 0 or more, both whole numbers.',
  );
  return { base, spot };
}

/** The one port of the service: `port`, or what the rules forward to. */
function portOf(args: ServiceArgs): number {
  const { port, loadBalancer } = args;
  const forwarded = (loadBalancer?.rules ?? []).flatMap(({ forward }) =>
    forward ? [Number.parseInt(forward, 10)] : [],
  );
  const ports = [...new Set([...(port === undefined ? [] : [port]), ...forwarded])];
  check(
    ports.length <= 1,
    `"port" and "loadBalancer.rules" name several ports: ${ports.join(", ")}. A service listens on one.`,
  );
  const [only = 3000] = ports;
  checkListeningPort(only, args.image === undefined && isPlain(args) && !args.socket);
  return only;
}

/** As AWS wants it: of the group's maintenance policy, and of an instance refresh. */
function healthyPercentage([least, most]: readonly [number, number] = [100, 200]) {
  check(
    least >= 0 && least <= 100 && most >= 100 && most <= 200 && most - least <= 100,
    `"rollout.healthyPercentage" is [${least}, ${most}]; the first must be 0 to 100, the second 100 to 200, and at most 100 above the first.`,
  );
  return [least, most] as const;
}
