import { Service } from "sst-ec2";
import {
  collectorInstance,
  type Hosting,
  hostedArgs,
  hostedOptions,
  programArgs,
} from "../hosting/hosting.ts";
import type { ResolvedStage } from "../stages.ts";
import type { Postgres } from "./postgres.ts";

/** For CoinMarketCap and AWS's APIs, which have no fixed addresses. */
const HTTPS = [{ port: 443, cidr: "0.0.0.0/0" }];

interface CollectorArgs {
  stage: ResolvedStage;
  key: sst.Secret;
  database: Postgres;
  /** Undefined in `sst dev`. */
  hosting: Hosting | undefined;
}

/**
 * The quotes collector: one process on one instance, which the group replaces when it fails. During
 * a rollout two run side by side, and the database stores each quote once. In `sst dev` it is a
 * process on this machine.
 *
 * ### Cost
 * One `t4g.micro` and its disk: $0.0084 × 730 + 8 × $0.08 or **$6.77 a month**; without NAT a
 * public address at $3.65. Its log is 35 MB a month, **$0.02**.
 */
export function collector({ stage, key, database, hosting }: CollectorArgs) {
  const service = {
    link: [database.owner, key],
    dev: {
      // Starts the embedded database, and makes quotes up without a key.
      command: "npm exec -- node --watch dev.ts",
      // SST finds a command's links by its directory, so every DevCommand has its own.
      directory: "packages/collector",
      environment: { PORT: `${Number(process.env.PORT || 3000) + 2}` },
    },
  };
  if (!hosting) return new Service("Collector", service);
  return new Service(
    "Collector",
    {
      ...service,
      ...hostedArgs(hosting, stage),
      ...programArgs("packages/collector/src/server.ts"),
      health: { path: "/health/ready" },
      instances: [collectorInstance(stage)],
      processes: 1,
      egress: HTTPS,
      connectsTo: database.connections,
      // Unwritten quotes are lost with the instance: leaves time for a database fail-over.
      drain: "2 minutes",
      // A minute without quotes is better than no deploy.
      rollout: { leastServing: 0 },
    },
    hostedOptions(hosting),
  );
}
