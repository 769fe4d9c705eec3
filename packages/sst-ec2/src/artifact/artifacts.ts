/** The archives that instances download, and the bucket they are in. */

import type { ArchiveInput } from "../service/args.ts";
import type { Architecture } from "../service/instance-type.ts";
import { forTransform } from "../sst/transform.ts";
import type { Archive } from "./archive.ts";
import { packRuntime } from "./build-artifact.ts";
import { type PrivateBucket, privateBucket, UNFINISHED } from "./private-bucket.ts";

export interface ArtifactsArgs {
  /**
   * Whether the bucket is kept when the stage is removed, with what may still be in it.
   * @default `false`
   * @example
   * ```js
   * { retain: true }
   * ```
   */
  retain?: boolean;
}

const TYPE = "sst-ec2:aws:Artifacts";

/**
 * A bucket for the archives of an app's services, with one of the Node.js runtime for all. Each `Service`
 * puts its own there; make one only to know the bucket before, or to keep it.
 *
 * The bucket is private, versioned, encrypted and answers TLS alone. An archive's key has the hash of its content, and
 * so has its name in the engine: a changed archive is another object beside the one of before, an unchanged one is not
 * uploaded again. The engine removes what a deploy does not name any more at the end of that deploy, and only when
 * everything before it succeeded, the rollouts above all. So an archive outlives the rollout that replaces it: whatever
 * fails or is turned back, in whatever order, what a group's template names is there.
 *
 * @example
 * ```ts
 * const artifacts = new Artifacts("Artifacts", { retain: true });
 * new Service("Api", { artifacts, vpc, entry: "src/server.ts" });
 * ```
 *
 * ---
 *
 * ### Cost
 * About 50 MB of runtime and a few MB a version of each service: $0.023 per GB and month, a few cents.
 */
export class Artifacts extends $util.ComponentResource {
  readonly #name: string;
  readonly #bucket: PrivateBucket;
  readonly #runtimes = new Map<Architecture, ArchiveInput>();

  /**
   * @param name Unique in the app.
   */
  constructor(name: string, args: ArtifactsArgs = {}, opts: $util.ComponentResourceOptions = {}) {
    const own = { ...args };
    super(TYPE, name, forTransform(own), opts);
    this.#name = name;
    const { retain = false } = own;
    this.#bucket = privateBucket(name, { retain, lifecycle: [REMOVED, UNFINISHED] }, this);
    this.registerOutputs({});
  }

  /** Name of the bucket. */
  get bucket(): $util.Output<string> {
    return this.#bucket.name;
  }

  /** ARN of the bucket, for the policy of a VPC endpoint. */
  get arn(): $util.Output<string> {
    return this.#bucket.arn;
  }

  /**
   * Node.js for an architecture, uploaded once.
   * @internal
   */
  runtime(architecture: Architecture): ArchiveInput {
    const known = this.#runtimes.get(architecture);
    if (known) return known;
    const made = this.#upload("Runtime", "runtime", packRuntime(architecture));
    this.#runtimes.set(architecture, made);
    return made;
  }

  /**
   * A service's own archive.
   * @internal
   */
  app(service: string, archive: Promise<Archive>): ArchiveInput {
    return this.#upload(service, `app/${service.toLowerCase()}`, archive);
  }

  #upload(suffix: string, folder: string, packed: Promise<Archive>): ArchiveInput {
    const archive = $util.output(packed);
    const object = archive.apply(
      ({ key, sha256, path }) =>
        new aws.s3.BucketObjectv2(
          // With the same name for all contents, the engine would update this object for new
          // content, and could later delete a key that another deploy has written again.
          `${this.#name}${suffix}-${sha256.slice(0, 16)}`,
          {
            bucket: this.#bucket.name,
            key: `${folder}/${key}`,
            source: new $util.asset.FileAsset(path),
            contentType: "application/gzip",
          },
          { parent: this },
        ),
    );
    return { key: object.key, sha256: archive.sha256 };
  }
}

Object.assign(Artifacts, { __pulumiType: TYPE });

/** Objects that somebody deleted or overwrote by hand can be restored for a month. */
const REMOVED = {
  id: "removed",
  status: "Enabled",
  filter: { prefix: "" },
  noncurrentVersionExpiration: { noncurrentDays: 30 },
};

/** By app: a process may run the program of several, as tests do. */
const shared = new WeakMap<object, Artifacts>();

/** The bucket of all services that name none. */
export function sharedArtifacts(): Artifacts {
  const known = shared.get($app);
  if (known) return known;
  const made = new Artifacts("Artifacts");
  shared.set($app, made);
  return made;
}
