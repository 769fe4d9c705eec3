/** Makes archives as `Service` does, for scripts and tests. */
export { type Archive, pack, sha256Tar } from "./archive.ts";
export { buildRuntime, NODE_VERSION } from "./runtime.ts";
