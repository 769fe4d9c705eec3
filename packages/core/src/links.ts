import { Resource } from "sst";

/**
 * One property of an SST link: deployed, in `sst dev` or in the local stack.
 * @throws when the link or property is missing, which is a wrong configuration
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

/** Like {@link readLink}, but `undefined` for a missing property. */
export function findLink(name: string, property: string): string | undefined {
  const value = linkProperties(name)?.[property];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** All properties of a link; `undefined` without such a link. */
export function linkProperties(name: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return (Resource as unknown as Record<string, Record<string, unknown> | undefined>)[name];
  } catch {
    // SST throws for a missing link.
    return undefined;
  }
}
