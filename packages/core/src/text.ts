/** Schemas of text that domain types share. */
import { type SchemaOptions, Type } from "@sinclair/typebox";

export const UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";

// The patterns are part of the OpenAPI document, so they work in any language: no \p, look-ahead or
// surrogates. They run before lengths are checked, so each must take linear time.

const CONTROLS = "\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029";
const BLANKS = " \\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000\\ufeff";

/** One non-blank line without control characters. */
export const LINE = `^[${BLANKS}]*[^${BLANKS}${CONTROLS}][^${CONTROLS}]*$`;

/** No control characters except tab and line breaks. */
export const TEXT = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$";

/** Characters that render as nothing on their own, such as joiners, fillers and marks. */
const INVISIBLE = /^[\s\p{Z}\p{Cc}\p{Cf}\p{M}\p{DI}\p{NChar}\u2800\ufffc\u{1d159}]*$/u;

interface Format {
  valid: (text: string) => boolean;
  /** What to tell the client about a text that is not valid. */
  rule: string;
}

const VISIBLE: Format = {
  valid: (text) => text.isWellFormed() && !INVISIBLE.test(text),
  rule: "must have something to see in it, and no half of a surrogate pair",
};

/** Rules that no pattern above can express. */
export const FORMATS: Record<string, Format> = {
  text: { valid: (text) => text.isWellFormed(), rule: "must not have half a surrogate pair" },
  password: VISIBLE,
  visible: VISIBLE,
};

export const Id = (description: string) =>
  Type.String({
    format: "uuid",
    pattern: UUID,
    description,
    examples: ["019a9c5e-7b1a-7c3d-9e4f-2a6b8c0d1e2f"],
  });

export const Timestamp = (description: string) =>
  Type.String({
    format: "date-time",
    description: `${description}, ISO 8601 in UTC`,
    examples: ["2026-01-31T12:00:00.000Z"],
  });

/**
 * Whether a `date-time` is a moment that dates and databases support: no leap seconds, years 1 to
 * 9999.
 */
export function isMoment(text: string): boolean {
  const time = Date.parse(text);
  return time >= FIRST && time <= LAST;
}

const FIRST = Date.parse("0001-01-01T00:00:00Z");
const LAST = Date.parse("9999-12-31T23:59:59.999Z");

/** As an `enum`, for which clients generate a convenient type. */
export function OneOf<const Word extends string>(words: Word[], options: SchemaOptions = {}) {
  return Type.Unsafe<Word>({ type: "string", enum: words, ...options });
}
