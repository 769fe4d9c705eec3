import { ArgumentError } from "../sst/argument-error.ts";

/** Processor architecture of an instance, as Node names it. */
export type Architecture = "arm64" | "x64";

const INSTANCE_TYPE =
  /^([a-z]+)(\d+)([a-z]*)(-[a-z0-9]+)?\.(nano|micro|small|medium|x?large|\d+xlarge|metal(-\d+xl)?)$/;

/** Families before the Nitro system, whose disks have other names and which know no UEFI. */
const XEN =
  /^(t1|t2|m1|m2|m3|m4|c1|c3|c4|cc2|cr1|r3|r4|x1|x1e|i2|i3|d2|h1|hs1|g2|g3|g3s|p2|p3|f1)\./;

const EXAMPLE: Record<Architecture, string> = { arm64: "t4g.small", x64: "t3.small" };

/**
 * Architecture of an EC2 instance type, read from its name: AWS marks Graviton by a "g" after the
 * generation (`t4g`, `c7gn`, `is4gen`); the one exception is `a1`.
 *
 * @param type Such as `t4g.small`.
 * @param argument The argument's name, for the message.
 * @throws When it is no instance type, or one that does not run on the Nitro system.
 */
export function architectureOf(type: string, argument: string): Architecture {
  const match = INSTANCE_TYPE.exec(type);
  if (!match) {
    throw new ArgumentError(
      `"${argument}" is "${type}"; it must be an EC2 instance type such as "t4g.small".`,
    );
  }
  if (XEN.test(type)) {
    throw new ArgumentError(
      `"${argument}" is "${type}"; it must be of a Nitro family such as "t4g" or "t3".`,
    );
  }
  return type.startsWith("a1.") || match[3]?.includes("g") ? "arm64" : "x64";
}

/**
 * Checks that instance types are of one architecture.
 *
 * @throws When a type is unknown, not Nitro, or of another architecture.
 */
export function checkInstanceTypes(
  types: readonly string[],
  architecture: Architecture,
  argument: string,
): void {
  if (types.length === 0) {
    throw new ArgumentError(`"${argument}" is empty; it must name one EC2 instance type or more.`);
  }
  for (const type of types) {
    if (architectureOf(type, argument) === architecture) continue;
    throw new ArgumentError(
      `"${argument}" names "${type}"; each must be of the architecture ${architecture}, such as "${EXAMPLE[architecture]}".`,
    );
  }
}
