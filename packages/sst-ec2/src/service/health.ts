/** How it is found out whether a service can serve, checked. */
import type { AlbHealth } from "../alb/args.ts";
import { check } from "../sst/argument-error.ts";
import { toSecondsWithin } from "../sst/duration.ts";
import type { ServiceArgs } from "./args.ts";

/** What of `health` a boot needs to know. */
export interface HealthSettings {
  /** Path that is asked for; empty where none is. */
  healthPath: string;
  /** Codes of good answers, as AWS writes them. */
  healthCodes: string;
  /** Whether a boot waits until the port takes connections. */
  waitsForPort: boolean;
  startPeriod: number;
  warmup: number;
}

/**
 * Added to `health.startPeriod`: until a new instance's processes start, and from its first
 * successful answer until the balancer has seen two.
 */
const WARMUP_MARGIN = 30;

/** What a balancer alone does something with. */
const OF_THE_BALANCER: readonly (keyof AlbHealth)[] = [
  ...(["interval", "timeout", "healthyThreshold", "unhealthyThreshold"] as const),
];

/** A path that the boot, systemd and the balancer take. */
const PATH = /^\/[\w.~%!$&()*+,;=:@/?-]*$/;

/**
 * @throws When an argument is wrong, or is of no use with the others.
 */
export function resolveHealth({ health = {}, loadBalancer }: ServiceArgs): HealthSettings {
  const { protocol = "http", path, successCodes = "200" } = health;
  checkProtocol({ health, loadBalancer });
  if (path !== undefined)
    check(path.startsWith("/"), `"health.path" is "${path}"; it must begin with "/".`);
  check(
    path === undefined || (PATH.test(path) && path.length <= 1024),
    `"health.path" is "${path}"; it must be a path such as "/health", of up to 1024 characters, in which others than letters and digits are encoded.`,
  );
  checkCodes(successCodes);
  const startPeriod = toSecondsWithin(
    health.startPeriod ?? "1 minute",
    "health.startPeriod",
    [10, 900],
  );
  return {
    // A worker answers nobody, unless it says where.
    healthPath: path ?? (loadBalancer ? "/" : ""),
    healthCodes: successCodes,
    waitsForPort: protocol === "tcp",
    startPeriod,
    // The boot gives up first, so that it can report what is wrong.
    warmup: startPeriod + WARMUP_MARGIN,
  };
}

function checkProtocol({
  health = {},
  loadBalancer,
}: Pick<ServiceArgs, "health" | "loadBalancer">) {
  const { protocol = "http", path, successCodes } = health;
  check(
    protocol === "http" || protocol === "tcp",
    `"health.protocol" is "${protocol}"; it must be "http" or "tcp".`,
  );
  check(
    protocol === "http" || !loadBalancer,
    '"health.protocol" is "tcp", but an Application Load Balancer asks for health by HTTP alone. For a program of which every answer is good, say "successCodes": "200-499" instead.',
  );
  check(
    protocol === "http" || (path === undefined && successCodes === undefined),
    '"health.path" and "health.successCodes" need "health.protocol" to be "http".',
  );
  if (loadBalancer) return;
  const idle = OF_THE_BALANCER.find((each) => health[each] !== undefined);
  check(
    idle === undefined,
    `"health.${idle}" needs "loadBalancer": without one nobody asks a service that has started.`,
  );
  check(
    successCodes === undefined || path !== undefined,
    '"health.successCodes" needs "health.path": nobody asks this worker for anything.',
  );
}

/** Codes as AWS takes them: `"200"`, `"200,202"`, `"200-299"`. */
function checkCodes(codes: string): void {
  const ranges = codes.split(",").map((each) => /^(\d{3})(?:-(\d{3}))?$/.exec(each));
  const right = ranges.every((range) => {
    const [low, high] = [Number(range?.[1]), Number(range?.[2] ?? range?.[1])];
    return low >= 200 && low <= high && high <= 499;
  });
  check(
    right,
    `"health.successCodes" is "${codes}"; it must be codes from 200 to 499 such as "200", "200,202" or "200-299".`,
  );
}
