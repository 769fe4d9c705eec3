/** What an instance downloads: the Node runtime and the application, as two archives. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Archive, pack } from "./archive.ts";
import { bundle } from "./bundle.ts";
import { type Arch, buildRuntime } from "./runtime.ts";

export type { Arch, Archive };

/** What {@link buildArtifact} returns. */
export interface Artifact {
  /** Node for the architecture: changes with Node, about 50 MB. */
  runtime: Archive;
  /** The bundled service: changes with every deploy, a few MB, the same for every architecture. */
  app: Archive;
}

export interface ArtifactArgs {
  /** The service's name: letters, digits and dashes. */
  service: string;
  /** The service's entry, relative to the repository, such as `packages/api/src/server.ts`. */
  entry: string;
  /** The instances' architecture. */
  arch: Arch;
  /** Folder for the archives, made when missing. */
  out: string;
  /** Called with each archive as soon as it is there, and the seconds it took. */
  onBuilt?: (archive: Archive, seconds: number) => void;
}

/**
 * Builds both archives of a service. A runtime that an earlier build left in `out` is used again.
 *
 * @example
 * const { app } = await buildArtifact({ service: "api", entry, arch: "arm64", out: "dist" });
 */
export async function buildArtifact(args: ArtifactArgs): Promise<Artifact> {
  const out = resolve(args.out);
  await mkdir(out, { recursive: true });
  const timed = async (build: () => Promise<Archive>) => {
    const began = performance.now();
    const archive = await build();
    args.onBuilt?.(archive, (performance.now() - began) / 1000);
    return archive;
  };
  const runtime = await timed(() => buildRuntime({ arch: args.arch, out }));
  const app = await timed(() => buildApp({ ...args, out }));
  return { runtime, app };
}

/** Builds the application's archive alone. */
export async function buildApp(
  args: Pick<ArtifactArgs, "service" | "entry" | "out">,
): Promise<Archive> {
  const folder = await mkdtemp(join(tmpdir(), `${args.service}-bundle-`));
  try {
    await bundle({ entry: args.entry, folder });
    return await pack({ name: `app-${args.service}`, folder, out: args.out });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
