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
