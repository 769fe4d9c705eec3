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
import { describe } from "./describe.ts";
import { type Living, startHeartbeat } from "./heartbeat.ts";

// Before anything that may hang.
const follow = startHeartbeat();

try {
  const names = (process.env.LINKS_PARAMETERS ?? "").split(",").filter(Boolean);
  if (names.length > 0) {
    const { readLinks } = await import("./links.ts");
    Object.assign(process.env, await readLinks(names));
  }
} catch (error) {
  fail("cannot read the links", error);
}

try {
  // Not a literal: the bundler must leave this import for run time, after the links.
  const service: { serve(): Promise<Living | undefined> } = await import(
    new URL("server.mjs", import.meta.url).href
  );
  follow(await service.serve());
} catch (error) {
  fail("cannot start the service", error);
}

function fail(what: string, error: unknown): never {
  process.stderr.write(`${what}: ${describe(error)}\n`);
  process.exit(1);
}
