/// <reference path="../.sst/platform/config.d.ts" />
import { deployArtifacts } from "sst-ec2";
import type { Tables } from "./dynamodb.ts";
import type { ResolvedStage } from "./stages.ts";
import { network } from "./vpc.ts";

/** Instance type of the quotes collector: enough for one process that mostly waits. */
export const collectorInstance = ({ architecture }: Pick<ResolvedStage, "architecture">) =>
  ({ arm64: "t4g.micro", x64: "t3.micro" })[architecture];

/**
 * What every deployed service stands on: the network, and the services' archives by their names.
 * Nothing in `sst dev`, where services run on this machine.
 */
export async function groundOf(stage: ResolvedStage, tables: Tables) {
  if ($dev) return undefined;
  const { architecture, retain } = stage;
  const services = {
    api: "packages/api/src/server.ts",
    ...(stage.quotes && { collector: "packages/collector/src/server.ts" }),
  };
  const artifacts = await deployArtifacts("Artifact", { services, architecture, retain });
  return {
    network: network({
      stage,
      types: [...stage.instances, ...(stage.quotes ? [collectorInstance(stage)] : [])],
      inside: {
        buckets: [artifacts.bucket.arn],
        tables: Object.values(tables).map(({ arn }) => arn),
      },
    }),
    artifacts: artifacts.services,
  };
}

export type Ground = NonNullable<Awaited<ReturnType<typeof groundOf>>>;
