/** Makes archives and user data as `Service` does, for scripts and tests. */
export type { UserDataArgs } from "../boot/args.ts";
export { renderUserData } from "../boot/user-data.ts";
export { Engine } from "../image/engine.ts";
export { type BuiltImage, buildImage } from "../image/image.ts";
export { type Archive, pack, sha256Tar } from "./archive.ts";
export { buildPreload } from "./esbuild.ts";
export { buildRuntime, NODE_VERSION } from "./runtime.ts";
