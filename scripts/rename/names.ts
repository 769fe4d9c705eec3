/** The forms that an app's name has in the repository, and their replacement. */

/** As SST, npm scopes and the names of AWS resources take it. */
const NAME = /^[a-z](-?[a-z0-9])+$/;

/** Names of resources begin with it, and some of them may have 32 characters. */
const MAX = 20;

/** Why it cannot be the app's name; nothing when it can. */
export function problemOf(name: string): string | undefined {
  if (NAME.test(name) && name.length <= MAX) return undefined;
  return `"${name}" cannot be the app's name; it must be 2 to ${MAX} lower-case letters, digits and single hyphens, such as my-app`;
}

/** `my-app` as people read it: `My App`. */
export function titleOf(name: string): string {
  return wordsOf(name).join(" ");
}

/** `my-app` in identifiers and logical ids: `MyApp`. */
export function pascalOf(name: string): string {
  return wordsOf(name).join("");
}

function wordsOf(name: string): string[] {
  return name.split("-").map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`);
}

/** A text with another name, and in how many places it had the old one. */
export interface Renamed {
  text: string;
  places: number;
}

/**
 * Replaces a name in all its forms.
 *
 * @example
 * ```ts
 * renameIn("Steadfast is @steadfast/core", "steadfast", "my-app").text; // "My App is @my-app/core"
 * ```
 */
export function renameIn(text: string, from: string, to: string): Renamed {
  let places = 0;
  const count = (replacement: string) => {
    places += 1;
    return replacement;
  };
  const [title, pascal] = [titleOf(from), pascalOf(from)];
  const inIdentifier = new RegExp(`(?<=\\w)${pascal}|${pascal}(?=\\w)`, "g");
  // A key needs quotation marks when the new name has a hyphen; the formatter takes away those that are not needed.
  const key = new RegExp(`^( *)${from}(?=: \\S)`, "gm");
  const changed = text
    .replace(inIdentifier, () => count(pascalOf(to)))
    .replace(new RegExp(title, "g"), () => count(titleOf(to)))
    .replace(key, (_all, indent: string) => count(`${indent}"${to}"`))
    .replace(new RegExp(from, "g"), () => count(to));
  return { text: changed, places };
}
