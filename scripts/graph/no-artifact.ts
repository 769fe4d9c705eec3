/**
 * Stands in for `build-artifact.ts` of `sst-ec2` where only the resources matter: building takes seconds and,
 * the first time, the network.
 */
import type { Artifact } from "../../packages/sst-ec2/src/artifact/artifact.ts";

/** Fake archives; their path is an existing file. */
export async function buildArtifact(): Promise<Artifact> {
  const archive = (name: string, sum: string) => ({
    path: import.meta.filename,
    key: `${name}-${sum.repeat(16)}.tar.gz`,
    sha256: sum.repeat(64),
    size: 1,
  });
  return { runtime: archive("runtime", "0"), app: archive("app", "1") };
}
