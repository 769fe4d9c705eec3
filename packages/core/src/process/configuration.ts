import { type Static, type TObject, Type } from "@sinclair/typebox";
import { Ajv, type ErrorObject, type Options } from "ajv";

/** What every process reads. */
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
      const allowed = reasons.flatMap(({ params }) => params.allowedValue ?? []);
      const [reason] = reasons;
      // An example tells people more than a pattern does.
      const example = reason?.keyword === "pattern" && properties[name]?.examples?.[0];
      const rule =
        (allowed.length > 0 && `must be one of ${allowed.join(", ")}`) ||
        (example ? `must be like ${example}` : reason?.message);
      return `${name} is "${env[name]}"; it ${rule}`;
    })
    .join(". ");
}
