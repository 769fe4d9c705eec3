import { Resource } from "sst";

/**
 * Reads one property of an SST link. Deployed, in `sst dev` and in the local stack alike the links
 * are the `SST_RESOURCE_*` variables that SST's `Resource` read when it was imported.
 *
 * @param name the link's name, e.g. `Users`
 * @param property the property to read, e.g. `name`
 * @throws when the link or its property is missing: a wrong configuration, worth stopping for
 * @example
 * ```ts
 * const table = readLink("Users", "name");
 * ```
 */
export function readLink(name: string, property: string): string {
  let link: unknown;
  try {
    link = (Resource as unknown as Record<string, unknown>)[name];
  } catch {
    // SST's message speaks of its own multiplexer; ours below says what to do.
  }
  const value = (link as Record<string, unknown> | undefined)?.[property];
  if (typeof value !== "string" || value === "") {
    throw new Error(
      `The link ${name} is missing or has no ${property}: start through "npm start", "npx sst dev" or ` +
        `"npx sst shell", or set SST_RESOURCE_${name}={"${property}":"…"} and SST_RESOURCE_App.`,
    );
  }
  return value;
}

/**
 * A link with all its properties, for what may be there or not.
 *
 * @returns `undefined` when there is no such link
 * @example
 * ```ts
 * const postgres = linkProperties("Postgres"); // { host: "…", port: 5432, … } or undefined
 * ```
 */
export function linkProperties(name: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return (Resource as unknown as Record<string, Record<string, unknown> | undefined>)[name];
  } catch {
    // SST throws when there is none.
    return undefined;
  }
}
