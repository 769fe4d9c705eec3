/// <reference path="../.sst/platform/config.d.ts" />
import { Artifacts, type ServiceArgs } from "sst-ec2";
import { bundleService } from "./build-artifact.ts";
import type { Tables } from "./dynamodb.ts";
import type { ResolvedStage } from "./stages.ts";
import { network } from "./vpc.ts";

/** Instance type of the quotes collector: enough for one process that mostly waits. */
export const collectorInstance = ({ architecture }: Pick<ResolvedStage, "architecture">) =>
  ({ arm64: "t4g.micro", x64: "t3.micro" })[architecture];

/**
 * What every deployed service stands on: the network, and a bucket for their archives.
 * Nothing in `sst dev`, where services run on this machine.
 */
export function groundOf(stage: ResolvedStage, tables: Tables) {
  if ($dev) return undefined;
  const artifacts = new Artifacts(
    "Artifact",
    { retain: stage.retain },
    // What it was called before the library had a name of its own.
    { aliases: [{ type: "steadfast:aws:Artifact" }] },
  );
  return {
    artifacts,
    network: network({
      stage,
      types: [...stage.instances, ...(stage.quotes ? [collectorInstance(stage)] : [])],
      inside: {
        buckets: [artifacts.arn],
        tables: Object.values(tables).map(({ arn }) => arn),
      },
    }),
  };
}

export type Ground = NonNullable<ReturnType<typeof groundOf>>;

/** Where a service runs, and what: arguments of `Service` that all of ours have in common. */
export function standsOn({ artifacts, network }: Ground, stage: ResolvedStage, entry: string) {
  return {
    vpc: { id: network.vpc.id, subnets: network.subnets, publicIp: stage.nat === "none" },
    artifacts,
    bundle: bundleService(entry),
    // Ours take the socket, their links and SIGTERM themselves.
    command: ["node", "./start.mjs"],
  } satisfies ServiceArgs;
}
