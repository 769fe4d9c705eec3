import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";

/** The one element of a list; `what` names it in the error. */
export function only<T>(list: readonly T[] | undefined, what: string): T {
  const [first, ...others] = list ?? [];
  assert.ok(
    first !== undefined && others.length === 0,
    `one ${what} expected, found ${list?.length ?? 0}`,
  );
  return first;
}

/** A value that must be there; `what` names it in the error. */
export function present<T>(value: T, what: string): NonNullable<T> {
  assert.ok(value !== undefined && value !== null && value !== "", `${what} is missing`);
  return value as NonNullable<T>;
}

/** Compares two values deeply; `what` names them in the error. */
export function same(found: unknown, wanted: unknown, what: string): void {
  if (isDeepStrictEqual(found, wanted)) return;
  // Not assert.deepEqual, which would add a difference over many lines.
  assert.fail(`${what}: found ${JSON.stringify(found)}, expected ${JSON.stringify(wanted)}`);
}
