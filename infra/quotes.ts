/// <reference path="../.sst/platform/config.d.ts" />

import { ArgumentError } from "sst-ec2/helpers";
import type { AlarmTopic } from "./alarms.ts";
import { collector } from "./collector.ts";
import { collectorLogs, latenessAlarm, refusalAlarm } from "./collector-log.ts";
import type { Ground } from "./ground.ts";
import { localPostgres, type Postgres, postgres } from "./postgres.ts";
import type { ResolvedStage, Stage } from "./stages.ts";

interface QuotesArgs {
  stage: ResolvedStage;
  /** See {@link cmcApiKey}. */
  key: sst.Secret | undefined;
  /** Told when quotes come late, and of the database's alarms. */
  alarms: AlarmTopic | undefined;
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
  const logs = collectorLogs(stage);
  if (logs) {
    latenessAlarm(logs, alarms);
    refusalAlarm(logs, alarms);
  }
  collector({ stage, key, ground, database, logs });
  return database;
}

/**
 * The key of CoinMarketCap's API, an SST secret that nobody can make for us; nothing where the stage
 * has no quotes. In `sst dev` it may be unset: the quotes are made up then.
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
