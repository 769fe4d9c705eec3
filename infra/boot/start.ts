/**
 * What systemd runs on an instance: fetches the links, then becomes the service, whose module
 * exports `serve()`.
 *
 * The links (table names, the token secret) come from SSM SecureString parameters named in
 * `LINKS_PARAMETERS`, comma separated; their decrypted values, joined, are one JSON object of
 * environment variables. They go into this process's environment alone, where SST's `Resource`
 * looks for them when it is imported: that is why the service is imported last. `setenv` in a
 * running process does not show in `/proc/<pid>/environ` nor in a process list.
 *
 * Failing is one line on standard error and exit code 1; systemd tries again.
 */
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";

/** A boot must not hang on a call that never comes back. */
const TIMEOUT_MS = 10_000;

try {
  const names = (process.env.LINKS_PARAMETERS ?? "").split(",").filter(Boolean);
  Object.assign(process.env, await links(names));
} catch (error) {
  fail("cannot read the links", error);
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
async function links(names: string[]): Promise<Record<string, string>> {
  if (names.length === 0) return {};
  const ssm = new SSMClient({ maxAttempts: 3 });
  const abortSignal = AbortSignal.timeout(TIMEOUT_MS);
  // One call each: a call for several answers in any order and leaves out the version that a name
  // may carry.
  const read = async (Name: string) => {
    const command = new GetParameterCommand({ Name, WithDecryption: true });
    const { Parameter } = await ssm.send(command, { abortSignal }).catch((error) => {
      throw new Error(`${Name}: ${describe(error)}`);
    });
    return Parameter?.Value ?? "";
  };
  const values = await Promise.all(names.map(read));
  ssm.destroy();
  return parse(values.join(""));
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

/** What went wrong, on one line. */
function describe(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.replaceAll(/\s+/g, " ").replace(/^Error: /, "");
}

function fail(what: string, error: unknown): never {
  process.stderr.write(`${what}: ${describe(error)}\n`);
  process.exit(1);
}
