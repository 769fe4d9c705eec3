/**
 * What systemd runs on an instance: fetches the links, then becomes the service, whose module exports `serve()`.
 *
 * The links (table names, the token secret) come from SSM SecureString parameters named in `LINKS_PARAMETERS`, comma
 * separated; their decrypted values, joined, are one JSON object of environment variables. They go into this process's
 * environment alone, where SST's `Resource` looks for them when it is imported: that is why the service is imported
 * last. `setenv` in a running process does not show in `/proc/<pid>/environ` nor in a process list.
 *
 * Failing is one line on standard error and exit code 1; systemd tries again after a second.
 */
import { GetParametersCommand, SSMClient } from "@aws-sdk/client-ssm";

/** A boot must not hang on a call that never comes back. */
const TIMEOUT_MS = 10_000;

const names = (process.env.LINKS_PARAMETERS ?? "").split(",").filter(Boolean);

try {
  Object.assign(process.env, await links(names));
} catch (error) {
  fail(`cannot read the links from ${names.join(", ")}`, error);
}

try {
  // Not a literal: the bundler must leave this import for run time, after the links.
  const service: { serve(): Promise<unknown> } = await import(
    new URL("server.mjs", import.meta.url).href
  );
  await service.serve();
} catch (error) {
  fail("cannot start the service", error);
}

/** Reads and joins the parameters, in the order given. */
async function links(parameters: string[]): Promise<Record<string, string>> {
  if (parameters.length === 0) return {};
  const ssm = new SSMClient({ maxAttempts: 3 });
  const found = await ssm.send(
    new GetParametersCommand({ Names: parameters, WithDecryption: true }),
    {
      abortSignal: AbortSignal.timeout(TIMEOUT_MS),
    },
  );
  ssm.destroy();
  const values = new Map(found.Parameters?.map(({ Name, Value }) => [Name, Value]));
  const value = (parameter: string) => values.get(plainName(parameter));
  const missing = parameters.filter((parameter) => !value(parameter));
  if (missing.length > 0) throw new Error(`no such parameter: ${missing.join(", ")}`);
  return parse(parameters.map(value).join(""));
}

/** SSM takes `name:version` and answers with the name alone. */
function plainName(parameter: string): string {
  return parameter.replace(/:[^:]*$/, "");
}

/** Checks the JSON without ever putting its text, which holds secrets, into an error. */
function parse(text: string): Record<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("the joined values are not JSON");
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject || !Object.values(value as object).every((entry) => typeof entry === "string"))
    throw new Error("the joined values are not a JSON object of strings");
  return value as Record<string, string>;
}

function fail(what: string, error: unknown): never {
  const { name, message } =
    error instanceof Error ? error : { name: "Error", message: String(error) };
  process.stderr.write(`${what}: ${name}: ${message.replaceAll(/\s+/g, " ")}\n`);
  process.exit(1);
}
