/** Arguments of an `Asg` with their defaults, checked before anything is created. */
import { RESERVED } from "../boot/validate.ts";
import { checkPort, checkRange } from "../sst/address.ts";
import { ArgumentError } from "../sst/argument-error.ts";
import { toSecondsWithin } from "../sst/duration.ts";
import { checkLinks } from "../sst/link.ts";
import type { AsgArgs } from "./args.ts";
import { checkInstanceTypes } from "./instance-type.ts";
import { resolveScaling } from "./scaling.ts";

export type Settings = ReturnType<typeof resolveSettings>;

/** In seconds. */
const DAY = 86_400;

/**
 * What an `Asg` is to be; durations in seconds.
 *
 * @throws When an argument is wrong; the message says which and what is allowed.
 */
export function resolveSettings(name: string, args: AsgArgs) {
  check(
    /^[A-Za-z][A-Za-z0-9-]{0,23}$/.test(name),
    `"${name}" is no name for a service; it must be a letter, then up to 23 letters, digits and hyphens.`,
  );
  const { disk = 8, instances = ["t4g.micro"], rollout = {}, maxInstanceLifetime } = args;
  if (args.artifact) checkInstanceTypes(instances, args.artifact.architecture, "instances");
  checkWhole("disk", disk, [8, 16_384], " of GB");
  checkWhole("processes", args.processes ?? 1, [1, 256]);
  checkSpot(args.spot);
  checkWhole("rollout.leastServing", rollout.leastServing ?? 1, [0, 100]);
  checkConnections(args);
  checkEnvironment(name, args.environment);
  return {
    instances,
    disk,
    healthyPercentage: healthyPercentage(rollout.healthyPercentage),
    leastServing: rollout.leastServing ?? 1,
    scaling: resolveScaling(args),
    links: checkLinks(name, args.link ?? []),
    warmup: toSecondsWithin(args.warmup ?? "90 seconds", "warmup", [0, 3600]),
    drain: toSecondsWithin(args.drain ?? "30 seconds", "drain", [0, 300]),
    timeout: toSecondsWithin(rollout.timeout ?? "20 minutes", "rollout.timeout", [60, 43_200]),
    lifetime:
      maxInstanceLifetime &&
      toSecondsWithin(maxInstanceLifetime, "maxInstanceLifetime", [DAY, 365 * DAY]),
  };
}

function check(right: boolean, message: string): void {
  if (!right) throw new ArgumentError(message);
}

function checkWhole(
  argument: string,
  value: number,
  [least, most]: readonly [number, number],
  unit = "",
): void {
  check(
    Number.isInteger(value) && value >= least && value <= most,
    `"${argument}" is ${value}; it must be a whole number${unit} from ${least} to ${most}.`,
  );
}

function checkSpot(spot: AsgArgs["spot"]): void {
  if (!spot) return;
  const { base, percent } = spot;
  check(
    Number.isInteger(base) &&
      base >= 0 &&
      Number.isInteger(percent) &&
      percent >= 1 &&
      percent <= 100,
    '"spot" needs a "percent" from 1 to 100 and a "base" of 0 or more, both whole numbers.',
  );
}

/** As AWS wants it: of the group's maintenance policy, and of an instance refresh. */
function healthyPercentage([least, most]: readonly [number, number] = [100, 200]) {
  check(
    least >= 0 && least <= 100 && most >= 100 && most <= 200 && most - least <= 100,
    `"rollout.healthyPercentage" is [${least}, ${most}]; the first must be 0 to 100, the second 100 to 200, and at most 100 above the first.`,
  );
  return [least, most] as const;
}

function checkConnections({ egress = [], connectsTo = [] }: AsgArgs): void {
  for (const [index, { port, cidr }] of egress.entries()) {
    checkPort(port, `egress[${index}].port`);
    checkRange(cidr, `egress[${index}].cidr`);
  }
  for (const [index, { port }] of connectsTo.entries())
    checkPort(port, `connectsTo[${index}].port`);
}

/** A variable that the instance sets would be overwritten by the parameter, without a word. */
function checkEnvironment(name: string, environment: AsgArgs["environment"] = {}): void {
  const taken = Object.keys(environment).find((each) => RESERVED.includes(each));
  check(
    taken === undefined,
    `"environment" of "${name}" has ${taken}, which instances set themselves.`,
  );
}
