import { type Static, type TSchema, Type } from "@sinclair/typebox";

/** The lower-case form of a UUID, as we give them out. */
export const UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";

/**
 * Something visible, in one line: no control characters, no halves of surrogate pairs. Patterns see
 * whole bodies before lengths are checked, so each must be linear in the length of its input.
 */
export const NO_CONTROL_CHARACTERS = "^(?!\\s*$)[^\\p{Cc}\\p{Cs}]*$";

/** Text of several lines: of the control characters only tab, line feed and carriage return. */
export const TEXT = "^[^\\p{Cs}\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$";

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

/** A reference to a schema that the app added under its `$id`, so that the document names it. */
export function ref<Schema extends TSchema>(schema: Schema) {
  return Type.Unsafe<Static<Schema>>({ $ref: `${schema.$id}#` });
}
