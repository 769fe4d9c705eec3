import { type Static, type TSchema, Type } from "@sinclair/typebox";

/** The lower-case form of a UUID, as we give them out. */
export const UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";

// Patterns are in the document, and so written for the regular expressions of any language: without \p,
// look-ahead and surrogates. They see whole bodies before lengths are checked, so each must be linear in
// the length of its input.

const CONTROLS = "\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029";
const BLANKS = " \\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000\\ufeff";

/** One line that is not blank: no control characters, and none of Unicode's line breaks. */
export const LINE = `^[${BLANKS}]*[^${BLANKS}${CONTROLS}][^${CONTROLS}]*$`;

/** Text of several lines: of the control characters only tab, line feed and carriage return. */
export const TEXT = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$";

/**
 * What is drawn as nothing, or not by itself: spaces, joiners, directions, fillers, marks without a letter,
 * places of something else, and what is no character.
 */
const INVISIBLE = /^[\s\p{Z}\p{Cc}\p{Cf}\p{M}\p{DI}\p{NChar}\u2800\ufffc\u{1d159}]*$/u;

interface Format {
  valid: (text: string) => boolean;
  /** What is wrong with a text that is not valid. */
  rule: string;
}

const VISIBLE: Format = {
  valid: (text) => text.isWellFormed() && !INVISIBLE.test(text),
  rule: "must have something to see in it, and no half of a surrogate pair",
};

/** What no pattern above can say: no text of ours has half a surrogate pair. */
export const FORMATS: Record<string, Format> = {
  text: { valid: (text) => text.isWellFormed(), rule: "must not have half a surrogate pair" },
  password: VISIBLE,
  visible: VISIBLE,
};

/** An id of ours. */
export const Id = (description: string) =>
  Type.String({
    format: "uuid",
    pattern: UUID,
    description,
    examples: ["019a9c5e-7b1a-7c3d-9e4f-2a6b8c0d1e2f"],
  });

/** When something happened. */
export const Timestamp = (description: string) =>
  Type.String({
    format: "date-time",
    description: `${description}, ISO 8601 in UTC`,
    examples: ["2026-01-31T12:00:00.000Z"],
  });

/**
 * Whether a `date-time` of JSON Schema is a moment that dates and databases know: a leap second is none
 * for them, and neither is a year that is not from 1 to 9999 in UTC.
 */
export function isMoment(text: string): boolean {
  const time = Date.parse(text);
  return time >= FIRST && time <= LAST;
}

const FIRST = Date.parse("0001-01-01T00:00:00Z");
const LAST = Date.parse("9999-12-31T23:59:59.999Z");

/** A reference to a schema that the app added under its `$id`, so that the document names it. */
export function ref<Schema extends TSchema>(schema: Schema) {
  return Type.Unsafe<Static<Schema>>({ $ref: `${schema.$id}#` });
}
