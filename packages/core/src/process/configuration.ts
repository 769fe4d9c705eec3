import { type Static, type TObject, Type } from "@sinclair/typebox";
import { Ajv, type ErrorObject, type Options } from "ajv";

/** The variable `LOG_LEVEL`, which every process reads. */
export const LogLevel = Type.Union(
  [
    Type.Literal("trace"),
    Type.Literal("debug"),
    Type.Literal("info"),
    Type.Literal("warn"),
    Type.Literal("error"),
    Type.Literal("fatal"),
    Type.Literal("silent"),
  ],
  { default: "info", description: "Least severe level that is logged" },
);

const OPTIONS: Options = {
  allErrors: true,
  useDefaults: true,
  // Variables are text.
  coerceTypes: true,
  // Compiling a schema finds what is wrong with it; comparing it with JSON Schema's own, too, takes
  // longer than all the rest.
  validateSchema: false,
};

/**
 * Reads a process's configuration from its environment. Variables that the schema does not name are
 * left alone, and an empty one (`PORT=`) means its default.
 *
 * @throws with one line that names each variable at fault and what it may be
 * @example
 * ```ts
 * const schema = Type.Object({ PORT: Type.Integer({ default: 3000 }) });
 * readConfiguration(schema, { PORT: "8080" }); // { PORT: 8080 }
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
  throw new Error(`Wrong configuration: ${explain(ajv.errors ?? [], schema)}.`);
}

function explain(errors: ErrorObject[], { properties }: TObject): string {
  const byVariable = Map.groupBy(errors, ({ instancePath }) => instancePath.slice(1));
  return [...byVariable]
    .map(([name, reasons]) => {
      const allowed = reasons.flatMap(({ params }) => params.allowedValue ?? []);
      if (allowed.length > 0) return `${name} must be one of ${allowed.join(", ")}`;
      const [reason] = reasons;
      // A pattern is for programs; people learn more from a value that it takes.
      if (reason?.keyword === "pattern")
        return `${name} must be like ${properties[name]?.examples?.[0]}`;
      return `${name} ${reason?.message}`;
    })
    .join("; ");
}
