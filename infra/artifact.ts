/** The archives that instances download, and the bucket they are in. */
import type { Arch, Archive, Artifact as Archives } from "../scripts/build/artifact.ts";
import { buildArtifact } from "./build-artifact.ts";
import { privateBucket, UNFINISHED } from "./components/private-bucket.ts";

export interface ArtifactArgs {
  /** The service's name, such as `api`. */
  service: string;
  /** The service's entry, relative to the repository. */
  entry: string;
  /** The instances' architecture. */
  architecture: Arch;
  /**
   * Whether bucket and archives are kept when the stage is removed.
   * @default false
   */
  retain?: boolean;
  /**
   * A bucket for S3's access logs, which must let `logging.s3.amazonaws.com` write. Without it nothing is logged:
   * the bucket holds code that can be built again, and CloudTrail has the management events.
   */
  accessLogs?: { bucket: $util.Input<string>; prefix?: string };
}

/**
 * Builds a service and puts both archives into a bucket of their own.
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
 * const artifact = await deployArtifact("Artifact", {
 *   service: "api", entry: "packages/api/src/server.ts", architecture: "arm64",
 * });
 */
export async function deployArtifact(name: string, args: ArtifactArgs) {
  const archives = await buildArtifact({
    root: $cli.paths.root,
    service: args.service,
    entry: args.entry,
    arch: args.architecture,
    out: "dist",
  });
  // Below a parent of its own, SST does not take the bucket for something to link.
  const parent = new $util.ComponentResource("steadfast:aws:Artifact", name);
  const bucket = createBucket(name, args, parent);
  return { bucket, ...upload(name, bucket, archives, args, parent) };
}

function createBucket(
  name: string,
  { retain = false, accessLogs }: ArtifactArgs,
  parent: $util.Resource,
) {
  const bucket = privateBucket(name, { retain, lifecycle: [SUPERSEDED, UNFINISHED] }, parent);
  if (accessLogs)
    new aws.s3.BucketLoggingV2(
      `${name}Logging`,
      {
        bucket: bucket.name,
        targetBucket: accessLogs.bucket,
        targetPrefix: accessLogs.prefix ?? "artifact/",
      },
      { parent },
    );
  return bucket;
}

const SUPERSEDED = {
  id: "superseded",
  status: "Enabled",
  filter: { prefix: "" },
  noncurrentVersionExpiration: { noncurrentDays: 30, newerNoncurrentVersions: "10" },
};

function upload(
  name: string,
  bucket: sst.aws.Bucket,
  archives: Archives,
  args: ArtifactArgs,
  parent: $util.Resource,
) {
  const object = (part: keyof Archives, key: string) =>
    reference(name, bucket, archives[part], { part, key, parent, ...args });
  return {
    runtime: object("runtime", `runtime/node-linux-${args.architecture}.tar.gz`),
    app: object("app", `app/${args.service}.tar.gz`),
  };
}

/** Uploads one archive and says how an instance finds it: `ArchiveRef` of the user data. */
function reference(
  name: string,
  bucket: sst.aws.Bucket,
  archive: Archive,
  {
    part,
    key,
    retain,
    parent,
  }: ArtifactArgs & { part: string; key: string; parent: $util.Resource },
) {
  const object = new aws.s3.BucketObjectv2(
    `${name}${part === "app" ? "App" : "Runtime"}`,
    {
      bucket: bucket.name,
      key,
      source: new $util.asset.FileAsset(archive.path),
      // What the file was called where it was built; S3 keeps user metadata in lower case.
      metadata: { archive: archive.key },
      contentType: "application/gzip",
    },
    { parent, retainOnDelete: retain ?? false },
  );
  return { key: object.key, version: object.versionId, sha256: archive.sha256 };
}
