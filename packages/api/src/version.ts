import manifest from "../package.json" with { type: "json" };

/** Version of the API. */
export const VERSION: string = manifest.version;
