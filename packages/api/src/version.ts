import manifest from "../package.json" with { type: "json" };

/** The API's version. */
export const VERSION: string = manifest.version;
