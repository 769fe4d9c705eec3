/** The archives that instances download, and the bucket they are in. */

import type { AsgArtifact } from "../service/args.ts";
import type { Arch, Archive } from "./artifact.ts";
import { buildArtifact } from "./build-artifact.ts";
import { type PrivateBucket, privateBucket, UNFINISHED } from "./private-bucket.ts";

export interface ArtifactsArgs {
  /**
   * The services: name and entry, relative to the repository.
   * @example
   * ```js
   * { services: { api: "packages/api/src/server.ts" } }
   * ```
   */
  services: Record<string, string>;
  /** The instances' architecture. */
  architecture: Arch;
  /**
   * Whether the bucket is kept when the stage is removed, with what may still be in it.
   * @default false
   */
  retain?: boolean;
}

/**
 * Builds services and puts their archives into a bucket of their own, with one of the Node runtime for all.
 *
 * The bucket is private, versioned, encrypted and answers TLS alone. An archive's key has the hash of its content, and
 * so has its name in the engine: a changed archive is another object beside the one of before, an unchanged one is not
 * uploaded again. The engine removes what a deploy does not name any more at the end of that deploy, and only when
 * everything before it succeeded, the rollouts above all. So an archive outlives the rollout that replaces it: whatever
 * fails or is turned back, in whatever order, what a group's template names is there.
 *
 * #### Cost
 * About 50 MB of runtime and a few MB a version of the application: $0.023 per GB and month, a few cents.
 *
 * @example
 * const { services } = await deployArtifacts("Artifact", {
 *   services: { api: "packages/api/src/server.ts" }, architecture: "arm64",
 * });
 * new Asg("Api", { artifact: services.api, … });
 */
export async function deployArtifacts(
  name: string,
  args: ArtifactsArgs,
): Promise<{ bucket: PrivateBucket; services: Record<string, AsgArtifact> }> {
  const { architecture, retain = false } = args;
  const built = await buildAll(args);
  // Below a parent of its own, SST does not take the bucket for something to link.
  const parent = new $util.ComponentResource("steadfast:aws:Artifact", name);
  const bucket = privateBucket(name, { retain, lifecycle: [REMOVED, UNFINISHED] }, parent);
  const upload = (suffix: string, folder: string, archive: Archive) =>
    createObject(`${name}${suffix}`, { bucket, folder, archive, parent });
  const shared = {
    bucket: bucket.name,
    architecture,
    runtime: upload("Runtime", "runtime", built.runtime),
  };
  const services = built.apps.map(([service, archive]) => {
    const suffix = service.charAt(0).toUpperCase() + service.slice(1);
    return [service, { ...shared, app: upload(suffix, `app/${service}`, archive) }];
  });
  return { bucket, services: Object.fromEntries(services) };
}

/** One after the other: the first makes the runtime that the others find. */
async function buildAll({ services, architecture }: ArtifactsArgs) {
  const apps: [service: string, archive: Archive][] = [];
  let runtime: Archive | undefined;
  for (const [service, entry] of Object.entries(services)) {
    const root = $cli.paths.root;
    const built = await buildArtifact({ root, service, entry, arch: architecture, out: "dist" });
    runtime = built.runtime;
    apps.push([service, built.app]);
  }
  if (!runtime) throw new Error('"services" is empty; there must be one or more.');
  return { runtime, apps };
}

/** What somebody removed or overwrote by hand can be brought back for a month. */
const REMOVED = {
  id: "removed",
  status: "Enabled",
  filter: { prefix: "" },
  noncurrentVersionExpiration: { noncurrentDays: 30 },
};

interface ObjectContext {
  bucket: PrivateBucket;
  folder: string;
  archive: Archive;
  parent: $util.Resource;
}

/** Uploads one archive and says how an instance finds it: `ArchiveRef` of the user data. */
function createObject(name: string, { bucket, folder, archive, parent }: ObjectContext) {
  const { sha256, path } = archive;
  const object = new aws.s3.BucketObjectv2(
    // With one name for all contents, the engine would take another content for a change of this
    // object, and could remove its key after a later deploy had put that key again.
    `${name}-${sha256.slice(0, 16)}`,
    {
      bucket: bucket.name,
      key: `${folder}/${archive.key}`,
      source: new $util.asset.FileAsset(path),
      contentType: "application/gzip",
    },
    { parent },
  );
  return { key: object.key, sha256 };
}
