import { Type } from "@sinclair/typebox";

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
  { status: Type.Union([Type.Literal("live"), Type.Literal("ready")]) },
  { $id: "Health", description: "The state of the process" },
);

export const DeepHealth = Type.Object(
  {
    status: Type.Literal("well"),
    dependencies: Type.Array(
      Type.Object({
        name: Type.String({ examples: ["DynamoDB"] }),
        ms: Type.Number({ description: "How long it took to answer, in milliseconds" }),
      }),
    ),
  },
  { $id: "DeepHealth", description: "The state of what the process depends on" },
);
