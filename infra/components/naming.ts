import { ArgumentError } from "./argument-error.ts";

/**
 * Characters that Pulumi appends to a name that it makes unique: "-" and seven hexadecimal digits.
 */
const UNIQUE_SUFFIX = 8;

/**
 * Logical name of a resource whose physical name should say to which app and stage it belongs.
 *
 * Pulumi derives the physical name from the logical one and makes it unique, also for a replacement
 * that has to exist next to what it replaces. The result leaves room for that suffix. The name is
 * kept whole, so that two resources of one stage never meet; a long app and stage is cut instead.
 *
 * @param name What the resource is, unique in the app: `ApiTargets`.
 * @param max Characters that AWS allows for the whole physical name.
 * @throws When the name alone does not fit.
 *
 * @example
 * ```ts
 * new aws.lb.TargetGroup(uniqueName("ApiTargets", 32), args); // steadfast-pro-ApiTargets-1a2b3c4
 * ```
 */
export function uniqueName(name: string, max: number): string {
  return fixedName(name, max - UNIQUE_SUFFIX);
}

/**
 * Physical name for a resource that others must know before it exists, cut like {@link uniqueName}.
 *
 * @param name What the resource is, unique in the app.
 * @param max Characters that AWS allows.
 * @throws When the name alone does not fit.
 */
export function fixedName(name: string, max: number): string {
  if (name.length > max) {
    throw new ArgumentError(`"${name}" is too long: AWS leaves ${max} characters for this name.`);
  }
  const room = max - name.length - 1;
  const prefix = `${$app.name}-${$app.stage}`.slice(0, Math.max(room, 0)).replace(/-+$/, "");
  return prefix ? `${prefix}-${name}` : name;
}
