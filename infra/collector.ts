/// <reference path="../.sst/platform/config.d.ts" />

import { Service } from "sst-ec2";
import { agent } from "./agent.ts";
import { collectorInstance, type Ground, standsOn } from "./ground.ts";
import type { Postgres } from "./postgres.ts";
import { shellRecord } from "./shell.ts";
import type { ResolvedStage } from "./stages.ts";

/** HTTPS, for CoinMarketCap and AWS's APIs, which have no fixed addresses. */
const HTTPS = [{ port: 443, cidr: "0.0.0.0/0" }];

interface CollectorArgs {
  stage: ResolvedStage;
  /** The key of CoinMarketCap's API. */
  key: sst.Secret;
  database: Postgres;
  /** Where the log goes. */
  logs: aws.cloudwatch.LogGroup | undefined;
  /** Not in `sst dev`. */
  ground: Ground | undefined;
}

/**
 * The quotes collector: one process on one instance, which the group replaces when it is gone.
 *
 * Nothing connects to it, so there is no balancer that asks for its health. The instance does, and
 * restarts a collector that hangs; where that does not help, the group takes another instance. During
 * a rollout two collectors run side by side, and the database keeps each quote once. In `sst dev` it
 * is a process on this machine.
 *
 * ### Cost
 * One `t4g.micro` and its disk: $0.0084 × 730 + 8 × $0.08 or **$6.77 a month**; without NAT a public
 * address at $3.65.
 */
export function collector({ stage, key, database, ground, logs }: CollectorArgs) {
  const service = {
    link: [database.owner, key],
    dev: {
      // Brings the embedded database, and without a key quotes that are made up.
      command: "npm exec -- node --watch dev.ts",
      // SST finds a command's links by its directory, so every DevCommand has one of its own.
      directory: "packages/collector",
      environment: { PORT: `${Number(process.env.PORT || 3000) + 2}` },
    },
  };
  if (!ground) return new Service("Collector", service);
  const { network } = ground;
  const { logFile, permissions } = agent({ service: "Collector", logs, memory: false });
  return new Service(
    "Collector",
    {
      ...service,
      logFile,
      permissions: [...permissions, ...shellRecord()],
      ...standsOn(ground, stage, "packages/collector/src/server.ts"),
      health: { path: "/health/ready" },
      instances: [collectorInstance(stage)],
      processes: 1,
      egress: HTTPS,
      connectsTo: database.connections,
      // What is still to be written goes with the instance: time for a database that is failing over.
      drain: "2 minutes",
      // Where AWS leaves no room for a second one, a minute without quotes is better than no deploy.
      rollout: { leastServing: 0 },
    },
    // Without a way out an instance cannot fetch its archives.
    { dependsOn: [network.vpc, ...network.endpoints], aliases: [{ type: "steadfast:aws:Asg" }] },
  );
}
