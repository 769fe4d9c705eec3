import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { OneOf } from "@steadfast/core";

export const NextCursor = Type.Unsafe<string | null>({
  type: ["string", "null"],
  description: "Pass it as `cursor` to get the next page; null on the last page",
});

/** A reference to a schema that the app added under its `$id`. */
export function ref<Schema extends TSchema>(schema: Schema) {
  return Type.Unsafe<Static<Schema>>({ $ref: `${schema.$id}#` });
}

export const Message = Type.Object(
  { message: Type.String({ description: "What was done" }) },
  { $id: "Message", description: "A confirmation" },
);

export const Service = Type.Object(
  {
    name: Type.Literal("steadfast"),
    version: Type.String({ description: "Version of the API", examples: ["0.1.0"] }),
    docs: Type.Optional(
      Type.String({
        description: "Where the documentation is, if it is served",
        examples: ["/docs"],
      }),
    ),
  },
  { $id: "Service", description: "Who answers" },
);

export const Health = Type.Object(
  { status: OneOf(["live", "ready"], { description: "What was asked, and is true" }) },
  { $id: "Health", description: "The state of the process" },
);

export const Dependency = Type.Object(
  {
    name: Type.String({ description: "What it is", examples: ["DynamoDB"] }),
    ms: Type.Number({ description: "How long it took to answer, in milliseconds" }),
  },
  { $id: "Dependency", description: "Something that the process depends on" },
);

export const DeepHealth = Type.Object(
  {
    status: Type.Literal("well"),
    dependencies: Type.Array(ref(Dependency), { description: "All that it depends on" }),
  },
  { $id: "DeepHealth", description: "The state of what the process depends on" },
);
