/** Processor architecture of an instance, as Node names it. */
export type Architecture = "arm64" | "x64";

/** Families before the Nitro system: no IPv6 metadata, other device names, no UEFI. */
const XEN =
  /^(t1|t2|m1|m2|m3|m4|c1|c3|c4|cc2|cr1|r3|r4|x1|x1e|i2|i3|d2|h1|hs1|g2|g3|g3s|p2|p3|f1)\./;

/**
 * Architecture of an EC2 instance type, read from its name: AWS marks Graviton by a "g" after the
 * generation (`t4g`, `c7gn`, `is4gen`); the one exception is `a1`.
 *
 * @param type Such as `t4g.small`.
 * @param argument The argument's name, for the message.
 * @throws When it is no instance type, or one that does not run on the Nitro system.
 */
export function architectureOf(type: string, argument: string): Architecture {
  const match =
    /^([a-z]+)(\d+)([a-z]*)(-[a-z0-9]+)?\.(nano|micro|small|medium|x?large|\d+xlarge|metal(-\d+xl)?)$/.exec(
      type,
    );
  if (!match) {
    throw new Error(
      `"${argument}" is "${type}"; it must be an EC2 instance type such as "t4g.small".`,
    );
  }
  if (XEN.test(type)) {
    throw new Error(
      `"${argument}" is "${type}", which is not a Nitro instance; choose a newer family such as "t4g" or "t3".`,
    );
  }
  return type.startsWith("a1.") || match[3]?.includes("g") ? "arm64" : "x64";
}

/**
 * Checks that instance types are of the architecture that the artifact was built for.
 *
 * @throws When a type is unknown, not Nitro, or of another architecture.
 */
export function checkInstanceTypes(
  types: readonly string[],
  architecture: Architecture,
  argument: string,
): void {
  if (types.length === 0)
    throw new Error(`"${argument}" is empty; name at least one EC2 instance type.`);
  for (const type of types) {
    const actual = architectureOf(type, argument);
    if (actual === architecture) continue;
    const example = architecture === "arm64" ? "t4g.small" : "t3.small";
    throw new Error(
      `"${argument}" names "${type}", an ${actual} type, but "architecture" is "${architecture}"; choose a type such as "${example}", or "architecture: ${actual}".`,
    );
  }
}
