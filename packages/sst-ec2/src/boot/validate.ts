import type { UserDataArgs } from "./args.ts";

/** Variable that lists the further parameters that an instance reads. */
export const SSM_VARIABLE = "SST_EC2_SSM";

/** Variables that the boot sets itself. */
export const RESERVED: readonly string[] = [
  "AWS_REGION",
  "DRAIN_SECONDS",
  "HEALTH_PATH",
  "HOME",
  "HOST",
  "LINKS_PARAMETERS",
  "LISTEN_FDS",
  "LISTEN_PID",
  "NODE_OPTIONS",
  "PORT",
  "SHUTDOWN_SECONDS",
  SSM_VARIABLE,
];

function check(ok: boolean, name: string, problem: string): void {
  if (!ok) throw new Error(`${name}: ${problem}`);
}

function matches(name: string, value: string, pattern: RegExp, allowed: string): void {
  check(pattern.test(value), name, `"${value}" is not allowed; ${allowed}`);
}

function within(name: string, value: number | undefined, low: number, high: number): void {
  if (value === undefined) return;
  const ok = Number.isInteger(value) && value >= low && value <= high;
  check(ok, name, `${value} is not allowed; a whole number from ${low} to ${high}`);
}

/**
 * Checks what types cannot express about the arguments of the user data.
 *
 * @throws naming the argument, its value and what is allowed.
 */
export function validate(args: UserDataArgs): void {
  const letters = "lower-case letters, digits and dashes, at most 24 characters";
  matches("service", args.service, /^[a-z][a-z0-9-]{0,23}$/, letters);
  matches("region", args.region, /^[a-z]{2}(-[a-z]+)+-\d$/, "a region's name such as us-east-1");
  within("port", args.port, 1, 65_535);
  within("drainSeconds", args.drainSeconds, 0, 3_600);
  within("readySeconds", args.readySeconds, 1, 3_600);
  within("memoryMaxPercent", args.memoryMaxPercent, 1, 100);
  within("processes", args.processes, 1, 256);
  const hex = "64 lower-case hex digits";
  if (args.runtime) matches("runtime.sha256", args.runtime.sha256, /^[0-9a-f]{64}$/, hex);
  matches("app.sha256", args.app.sha256, /^[0-9a-f]{64}$/, hex);
  matches(
    "healthPath",
    args.healthPath,
    /^(\/[\w.~%!$&()*+,;=:@/?-]*)?$/,
    "a path such as /health",
  );
  if (args.plain && !args.plain.socket)
    check(args.processes === 1, "processes", "a program that listens by itself has one");
  check(args.start.length > 0, "start", "it is empty; it must be a command");
  for (const name of args.linksParameters)
    matches("linksParameters", name, /^[\w./:-]+$/, "a parameter's name, or name:version");
  for (const name of Object.keys(args.environment)) {
    check(!RESERVED.includes(name), "environment", `${name} is set by the boot itself`);
    const isLink = name.startsWith("SST_RESOURCE_");
    check(!isLink, "environment", `${name} may hold a secret; pass it as a link`);
  }
}
