import type { Static, TObject } from "@sinclair/typebox";
import { envSchema } from "env-schema";

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
  try {
    return envSchema<Static<Schema>>({ schema, data, env: false });
  } catch (error) {
    throw new Error(`Wrong configuration: ${explain(error)}.`);
  }
}

interface ValidationError {
  instancePath: string;
  keyword: string;
  message?: string;
  params: { allowedValue?: unknown };
}

function explain(error: unknown): string {
  const errors = (error as { errors?: ValidationError[] }).errors ?? [];
  const byVariable = Map.groupBy(errors, ({ instancePath }) => instancePath.slice(1));
  return [...byVariable]
    .map(([name, reasons]) => {
      const allowed = reasons.flatMap(({ params }) => params.allowedValue ?? []);
      const rule =
        allowed.length > 0 ? `must be one of ${allowed.join(", ")}` : reasons[0]?.message;
      return `${name} ${rule}`;
    })
    .join("; ");
}
