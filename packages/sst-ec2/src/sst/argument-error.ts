/**
 * Somebody asked for something that cannot be: an argument of a component or an option of a stage.
 *
 * Pulumi prints the message of such an error alone, without a stack trace: whoever reads it is to
 * change a configuration, not to debug a program.
 *
 * @example
 * ```ts
 * throw new ArgumentError(`"disk" is ${disk}; it must be a whole number of GB from 8 to 16384.`);
 * ```
 */
export class ArgumentError extends Error {
  /** By which Pulumi knows an error that is meant for people. */
  readonly __pulumiRunError = true;
  override name = "ArgumentError";
}
