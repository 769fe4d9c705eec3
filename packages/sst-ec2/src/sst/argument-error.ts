/**
 * Somebody asked for something impossible: an argument of a component or an option of a stage.
 *
 * Pulumi prints such an error's message without a stack trace, because its reader should change a
 * configuration, not debug a program.
 *
 * @example
 * ```ts
 * throw new ArgumentError(`"disk" is ${disk}; it must be a whole number of GB from 8 to 16384.`);
 * ```
 */
export class ArgumentError extends Error {
  /** Marks an error for people, for Pulumi. */
  readonly __pulumiRunError = true;
  override name = "ArgumentError";
}

/** @throws When it is not so. */
export function check(right: boolean, message: string): asserts right {
  if (!right) throw new ArgumentError(message);
}

/** @throws When it is no whole number within the range. */
export function checkWhole(
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
