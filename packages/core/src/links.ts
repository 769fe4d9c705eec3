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
  const value = findLink(name, property);
  if (value === undefined) {
    throw new Error(
      `The link ${name} is missing or has no ${property}: start through "npm start", "npx sst dev" or ` +
        `"npx sst shell", or set SST_RESOURCE_${name}={"${property}":"…"} and SST_RESOURCE_App.`,
    );
  }
  return value;
}

/** As {@link readLink}, for a property that may be missing: `undefined` then. */
export function findLink(name: string, property: string): string | undefined {
  let link: unknown;
  try {
    link = (Resource as unknown as Record<string, unknown>)[name];
  } catch {
    // SST's message speaks of its own multiplexer; that of `readLink` says what to do.
  }
  const value = (link as Record<string, unknown> | undefined)?.[property];
  return typeof value === "string" && value !== "" ? value : undefined;
}
