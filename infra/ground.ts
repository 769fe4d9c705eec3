/// <reference path="../.sst/platform/config.d.ts" />
import { deployArtifacts } from "./artifact.ts";
import type { ResolvedStage } from "./stages.ts";
import { network } from "./vpc.ts";

/**
 * What every deployed service stands on: the network, and the services' archives by their names.
 * Nothing in `sst dev`, where services run on this machine.
 */
export async function groundOf(stage: ResolvedStage) {
  if ($dev) return undefined;
  const { architecture, retain } = stage;
  const services = {
    api: "packages/api/src/server.ts",
    ...(stage.quotes && { collector: "packages/collector/src/server.ts" }),
  };
  const artifacts = await deployArtifacts("Artifact", { services, architecture, retain });
  return { network: network(stage), artifacts };
}

export type Ground = NonNullable<Awaited<ReturnType<typeof groundOf>>>;
