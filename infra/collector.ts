/// <reference path="../.sst/platform/config.d.ts" />
import { ArgumentError } from "./components/argument-error.ts";
import { Asg } from "./components/asg.ts";
import type { Ground } from "./ground.ts";
import { localPostgres, type Postgres, postgres } from "./postgres.ts";
import type { ResolvedStage, Stage } from "./stages.ts";

/** Enough for one process that mostly waits, by architecture. */
const INSTANCE = { arm64: "t4g.micro", x64: "t3.micro" };

/** HTTPS, for CoinMarketCap and AWS's APIs, which have no fixed addresses. */
const HTTPS = [{ port: 443, cidr: "0.0.0.0/0" }];

interface QuotesArgs {
  stage: ResolvedStage;
  /** See {@link cmcApiKey}. */
  key: sst.Secret | undefined;
  /** Told of the database's alarms. */
  alarms: aws.sns.Topic | undefined;
  /** Not in `sst dev`. */
  ground: Ground | undefined;
}

/**
 * The quotes, as a whole: database and collector, or nothing where the stage has none. In `sst dev`
 * they run on this machine and cost nothing, so every stage has them there.
 *
 * @returns The database, for whoever reads from it.
 */
export function quotes({ stage, key, alarms, ground }: QuotesArgs): Postgres | undefined {
  if (!key) return undefined;
  const database = ground ? postgres({ stage, network: ground.network, alarms }) : localPostgres();
  collector({ stage, key, ground, database });
  return database;
}

/**
 * The key of CoinMarketCap's API, an SST secret that nobody can make for us; nothing where the stage
 * has no quotes. In `sst dev` it may be unset: the collector replays recorded quotes then.
 *
 * @throws When it is not set; ask for it before anything is created.
 */
export function cmcApiKey(stage: Stage): sst.Secret | undefined {
  if ($dev) return new sst.Secret("CmcApiKey", "");
  if (!stage.quotes) return undefined;
  if (!process.env.SST_SECRET_CmcApiKey)
    throw new ArgumentError(
      `The quotes need a key of CoinMarketCap: npx sst secret set CmcApiKey <key> --stage ${$app.stage}. Or set "quotes" of the stage to false in infra/stages.ts.`,
    );
  return new sst.Secret("CmcApiKey");
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
function collector({
  stage,
  key,
  ground,
  database,
}: Omit<QuotesArgs, "alarms" | "key"> & { key: sst.Secret; database: Postgres }) {
  const service = {
    link: [database.link, key],
    dev: {
      command: "npm exec -- node --watch src/server.ts",
      // SST finds a command's links by its directory, so every DevCommand has one of its own.
      directory: "packages/collector",
    },
  };
  if (!ground) return new Asg("Collector", { vpc: { id: "", subnets: [] }, ...service });
  const { network, artifacts } = ground;
  return new Asg(
    "Collector",
    {
      ...service,
      vpc: { id: network.vpc.id, subnets: network.subnets, publicIp: stage.nat === "none" },
      artifact: artifacts.collector,
      instances: [INSTANCE[stage.architecture]],
      processes: 1,
      egress: HTTPS,
      connectsTo: database.connections,
      // What is still to be written goes with the instance: time for a database that is failing over.
      drain: "2 minutes",
    },
    // Without a way out an instance cannot fetch its archives.
    { dependsOn: [network.vpc, ...network.endpoints] },
  );
}
