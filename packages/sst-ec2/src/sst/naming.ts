import { createHash } from "node:crypto";
import { ArgumentError } from "./argument-error.ts";
import { APP_ROOM, join, NAME_LIMITS, type NamedType } from "./name-limits.ts";

export type { NamedType };

/**
 * Characters that Pulumi appends to a name that it makes unique: "-" and seven hexadecimal digits.
 */
const UNIQUE_SUFFIX = 8;

/** Digits of the hash that replaces what was cut. */
const HASH_DIGITS = 6;

/**
 * Logical name of a resource whose physical name should contain app and stage.
 *
 * Pulumi derives a unique physical name from the logical one, also for a replacement that exists
 * next to the original. The result leaves room for that suffix. What is too long loses characters of
 * the stage and the app first, then its own, for which a hash stands.
 *
 * @param name What the resource is, unique in the app: `ApiTargets`.
 * @param type Pulumi's type, which determines the length limit.
 * @throws When the name alone does not fit and is not one that is cut.
 *
 * @example
 * ```ts
 * new aws.lb.TargetGroup(uniqueName("ApiTargets", "aws:lb/targetGroup:TargetGroup"), args); // steadfast-pro-ApiTargets-1a2b3c4
 * ```
 */
export function uniqueName(name: string, type: NamedType): string {
  const max = NAME_LIMITS[type] - UNIQUE_SUFFIX;
  const app = Math.min($app.name.length, APP_ROOM[type] ?? 0);
  const own = app > 0 ? cut(name, max - app - 1) : name;
  return join(prefix().slice(0, roomBefore(own, max)), own);
}

/**
 * Physical name of a resource that others must know before it exists, or that must never be
 * replaced. For a long app and stage a hash replaces what is cut, so that two stages with the same
 * beginning have different names.
 *
 * @param name What the resource is, unique in the app.
 * @param type Pulumi's type.
 * @param reserved Characters that are appended later.
 * @throws When the name alone does not fit.
 */
export function fixedName(name: string, type: NamedType, reserved = 0): string {
  const room = roomBefore(name, NAME_LIMITS[type] - reserved);
  const whole = prefix();
  if (whole.length <= room) return join(whole, name);
  return join(cut(whole, Math.max(room, HASH_DIGITS + 1)), name);
}

/** A text within a limit: a hash stands for what it loses. */
function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const hash = createHash("sha256").update(text).digest("hex").slice(0, HASH_DIGITS);
  return join(text.slice(0, max - HASH_DIGITS - 1), hash);
}

/** App and stage; some services refuse repeated hyphens. */
const prefix = () => `${$app.name}-${$app.stage}`.replaceAll(/-+/g, "-");

/** Characters left for app and stage. */
function roomBefore(name: string, max: number): number {
  if (name.length <= max) return Math.max(max - name.length - 1, 0);
  throw new ArgumentError(`"${name}" is too long: AWS leaves ${max} characters for this name.`);
}
