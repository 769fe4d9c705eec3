import type { Static, TObject } from "@sinclair/typebox";
import { Ajv, type ErrorObject, type Options } from "ajv";
import { OneOf } from "../text.ts";

/** What every process reads. */
export const LogLevel = OneOf(["trace", "debug", "info", "warn", "error", "fatal", "silent"], {
  default: "info",
  description: "Least severe level that is logged",
});

const OPTIONS: Options = {
  allErrors: true,
  useDefaults: true,
  // Variables are strings.
  coerceTypes: true,
  // Compiling the schema already finds mistakes, and validating it takes longer.
  validateSchema: false,
};

/**
 * Reads a process's configuration from its environment. An empty variable means its default.
 *
 * @throws one line that names each wrong variable, its value, and what it may be
 * @example
 * ```ts
 * readConfiguration(Type.Object({ PORT: Type.Integer({ default: 3000 }) }), { PORT: "8080" });
 * ```
 */
export function readConfiguration<Schema extends TObject>(
  schema: Schema,
  env: NodeJS.ProcessEnv = process.env,
): Static<Schema> {
  const known = Object.keys(schema.properties);
  const data = Object.fromEntries(known.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const ajv = new Ajv(OPTIONS);
  if (ajv.validate<Static<Schema>>(schema, data)) return data;
  throw new Error(`Wrong configuration: ${explain(ajv.errors ?? [], schema, env)}.`);
}

function explain(errors: ErrorObject[], { properties }: TObject, env: NodeJS.ProcessEnv): string {
  const byVariable = Map.groupBy(errors, ({ instancePath }) => instancePath.slice(1));
  return [...byVariable]
    .map(([name, reasons]) => {
      const { keyword, params, message } = reasons[0] as ErrorObject;
      // An example tells people more than a pattern does.
      const example = keyword === "pattern" && properties[name]?.examples?.[0];
      const rule =
        (keyword === "enum" && `must be one of ${params.allowedValues.join(", ")}`) ||
        (example && `must be like ${example}`) ||
        (keyword === "type" &&
          `must be ${params.type === "integer" ? "an integer" : `a ${params.type}`}`) ||
        message;
      return `${name} is "${env[name]}"; it ${rule}`;
    })
    .join(". ");
}
