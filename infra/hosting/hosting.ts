import { Artifacts, type ServiceArgs } from "sst-ec2";
import type { Tables } from "../dynamodb.ts";
import { loggingOf } from "../logs/logs.ts";
import { shellRecord } from "../logs/shell.ts";
import type { ResolvedStage } from "../stages.ts";
import { network } from "../vpc.ts";
import { bundleService } from "./build-artifact.ts";

// #region quotes
/** Enough for one process that mostly waits. */
export const collectorInstance = ({ architecture }: Pick<ResolvedStage, "architecture">) =>
  ({ arm64: "t4g.micro", x64: "t3.micro" })[architecture];
// #endregion quotes

/**
 * What every deployed service needs: the network, and a bucket for archives. Undefined in `sst
 * dev`.
 */
export function hostingOf(stage: ResolvedStage, tables: Tables) {
  if ($dev) return undefined;
  const artifacts = new Artifacts(
    "Artifact",
    { retain: stage.retain },
    // Its type before the library had a name of its own.
    { aliases: [{ type: "steadfast:aws:Artifact" }] },
  );
  return {
    artifacts,
    network: network({
      stage,
      types: [
        ...stage.instances,
        ...(stage.quotes ? [collectorInstance(stage)] : []), // drop: quotes
      ],
      inside: {
        buckets: [artifacts.arn],
        tables: Object.values(tables).map(({ arn }) => arn),
      },
    }),
  };
}

export type Hosting = NonNullable<ReturnType<typeof hostingOf>>;

/** Arguments that all services share: where they run, their log, and recorded shells. */
export function hostedArgs({ artifacts, network }: Hosting, stage: ResolvedStage) {
  return {
    vpc: { id: network.vpc.id, subnets: network.subnets, publicIp: stage.nat === "none" },
    artifacts,
    ...loggingOf(stage),
    permissions: shellRecord(),
  } satisfies ServiceArgs;
}

/** One of our programs, which handles the socket, its links and SIGTERM itself. */
export const programArgs = (entry: string) => ({
  bundle: bundleService(entry),
  command: ["node", "./start.mjs"],
});

/** Options that all services share. */
export const hostedOptions = ({ network }: Hosting) => ({
  // Without internet or endpoints an instance cannot fetch its archives.
  dependsOn: [network.vpc, ...network.endpoints],
  // Its type before the library had a name of its own.
  aliases: [{ type: "steadfast:aws:Asg" }],
});
