/** The archives that instances download, and the bucket they are in. */
import type { Arch, Archive } from "../scripts/build/artifact.ts";
import { buildArtifact } from "./build-artifact.ts";
import type { AsgArtifact } from "./components/asg-args.ts";
import { privateBucket, UNFINISHED } from "./components/private-bucket.ts";

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
   * Whether bucket and archives are kept when the stage is removed.
   * @default false
   */
  retain?: boolean;
}

/**
 * Builds services and puts their archives into a bucket of their own, with one of the Node runtime for all.
 *
 * The bucket is private, versioned, encrypted and answers TLS alone. Each archive has one key; a changed archive
 * becomes a new version of it, an unchanged one is not uploaded again. Launch templates name the exact version, so
 * those of before stay deployable: S3 expires a version 30 days after it was superseded, and never the current one nor
 * the ten before it. (Keys with a hash instead could only be expired by age, and age would one day take the archive
 * that a quiet stage still starts its instances from.)
 *
 * #### Cost
 * About 50 MB of runtime and a few MB a version of the application: $0.023 per GB and month, a few cents.
 *
 * @example
 * const { api } = await deployArtifacts("Artifact", {
 *   services: { api: "packages/api/src/server.ts" }, architecture: "arm64",
 * });
 * new Asg("Api", { artifact: api, … });
 */
export async function deployArtifacts(
  name: string,
  args: ArtifactsArgs,
): Promise<Record<string, AsgArtifact>> {
  const { architecture, retain = false } = args;
  const built = await buildAll(args);
  // Below a parent of its own, SST does not take the bucket for something to link.
  const parent = new $util.ComponentResource("steadfast:aws:Artifact", name);
  const bucket = privateBucket(name, { retain, lifecycle: [SUPERSEDED, UNFINISHED] }, parent);
  const upload = (suffix: string, key: string, archive: Archive) =>
    createObject(`${name}${suffix}`, { bucket, key, archive, retain, parent });
  const shared = {
    bucket: bucket.name,
    architecture,
    runtime: upload("Runtime", `runtime/node-linux-${architecture}.tar.gz`, built.runtime),
  };
  const artifacts = built.apps.map(([service, archive]) => {
    const suffix = service.charAt(0).toUpperCase() + service.slice(1);
    return [service, { ...shared, app: upload(suffix, `app/${service}.tar.gz`, archive) }];
  });
  return Object.fromEntries(artifacts);
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

const SUPERSEDED = {
  id: "superseded",
  status: "Enabled",
  filter: { prefix: "" },
  noncurrentVersionExpiration: { noncurrentDays: 30, newerNoncurrentVersions: "10" },
};

interface ObjectContext {
  bucket: sst.aws.Bucket;
  key: string;
  archive: Archive;
  retain: boolean;
  parent: $util.Resource;
}

/** Uploads one archive and says how an instance finds it: `ArchiveRef` of the user data. */
function createObject(name: string, { bucket, key, archive, retain, parent }: ObjectContext) {
  const object = new aws.s3.BucketObjectv2(
    name,
    {
      bucket: bucket.name,
      key,
      source: new $util.asset.FileAsset(archive.path),
      // What the file was called where it was built; S3 keeps user metadata in lower case.
      metadata: { archive: archive.key },
      contentType: "application/gzip",
    },
    { parent, retainOnDelete: retain },
  );
  return { key: object.key, version: object.versionId, sha256: archive.sha256 };
}
