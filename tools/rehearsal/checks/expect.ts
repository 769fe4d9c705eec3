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
  const [one, other] = [JSON.stringify(found), JSON.stringify(wanted)];
  assert.fail(`${what}: found ${shortened(one, other)}, expected ${shortened(other, one)}`);
}

/** Of a text too long for a line, the part in which it begins to differ from another. */
function shortened(text = "undefined", other = ""): string {
  if (text.length <= 400) return text;
  const same = [...text].findIndex((letter, index) => letter !== other[index]);
  const start = Math.max(0, same - 100);
  return `${start > 0 ? "…" : ""}${text.slice(start, start + 400)}…`;
}
