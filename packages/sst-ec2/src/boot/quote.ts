/** Puts any text safely into shell scripts and systemd units. Pure. */

/** A word of bash that stands for exactly this text. */
export function shellQuote(text: string): string {
  if (text.includes("\0")) throw new Error("a shell word cannot contain a NUL character");
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Lines that set variables to these values, for bash and for systemd's `EnvironmentFile=`. */
export function shellAssignments(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${shellQuote(String(value))}`)
    .join("\n");
}

/** A word of `ExecStart=` that stands for exactly this text. */
export function execWord(text: string): string {
  if (!text.isWellFormed() || UNPRINTABLE.test(text))
    throw new Error("command: a word has a control character; allowed are printable text and tabs");
  const literal = text.replaceAll("%", "%%").replaceAll("$", "$$$$");
  if (/^[\w./:=@%$+,-]+$/.test(literal)) return literal;
  return `"${literal.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what ends a line, or is dropped
const CONTROL = /[\0-\x1f\x7f]/;
const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what systemd drops
const UNPRINTABLE = /[\0-\x08\x0b-\x1f\x7f]/;

/**
 * Refuses a variable that would not reach a program exactly as it is.
 *
 * @param bySystemd whether systemd sets it; else Node.js does, which takes all that C does
 * @throws if the name is none, or the text is not valid Unicode or has control characters (of systemd's
 * other than tab and newline): it would be dropped or cut off with no more than a warning.
 */
export function checkVariable(name: string, value: string, bySystemd: boolean): void {
  if (!ENVIRONMENT_NAME.test(name))
    throw new Error(
      `environment: "${name}" is not a name; allowed are letters, digits and _, not first a digit`,
    );
  if (!value.isWellFormed() || (bySystemd ? UNPRINTABLE.test(value) : value.includes("\0")))
    throw new Error(
      `environment: ${name} has a control character; allowed are printable text, tab and newline`,
    );
}

/**
 * An `Environment=` line of a systemd unit that sets a variable to exactly this text.
 *
 * `%` starts a specifier and is doubled; `$` means nothing here.
 *
 * @throws what {@link checkVariable} does
 */
export function environmentLine(name: string, value: string): string {
  checkVariable(name, value, true);
  const quoted = value
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("%", "%%")
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t");
  return `Environment="${name}=${quoted}"`;
}

/**
 * A setting's text, which systemd takes up to the end of the line.
 *
 * @throws if it has control characters; the message begins with the name.
 */
export function unitValue(name: string, text: string): string {
  if (!text.isWellFormed() || CONTROL.test(text))
    throw new Error(`${name}: ${JSON.stringify(text)} has a control character`);
  return text.replaceAll("%", "%%");
}
