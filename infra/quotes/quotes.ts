/// <reference path="../../.sst/platform/config.d.ts" />

import { ArgumentError } from "sst-ec2/helpers";
import type { Hosting } from "../hosting/hosting.ts";
import type { AlarmTopic } from "../monitoring/alarms.ts";
import type { ResolvedStage, Stage } from "../stages.ts";
import { collector } from "./collector.ts";
import { collectorAlarms } from "./collector-log.ts";
import { localPostgres, type Postgres, postgres } from "./postgres.ts";

interface QuotesArgs {
  stage: ResolvedStage;
  /** See {@link cmcApiKey}. */
  key: sst.Secret | undefined;
  /** Receives the alarms on late quotes and the database. */
  alarms: AlarmTopic | undefined;
  /** Undefined in `sst dev`. */
  hosting: Hosting | undefined;
}

/**
 * The quotes as a whole: database and collector, or nothing if the stage has none. In `sst dev` they
 * run on this machine at no cost, so every stage has them.
 *
 * @returns The database, for its readers.
 */
export function quotes({ stage, key, alarms, hosting }: QuotesArgs): Postgres | undefined {
  if (!key) return undefined;
  const database = hosting
    ? postgres({ stage, network: hosting.network, alarms })
    : localPostgres();
  const { nodes } = collector({ stage, key, hosting, database });
  if (hosting && nodes.logGroup) collectorAlarms(nodes.logGroup, alarms);
  return database;
}

/**
 * The key of CoinMarketCap's API, an SST secret that only its owner can set; undefined if the stage
 * has no quotes. It is optional in `sst dev`, where quotes are made up without it.
 *
 * @throws When it is not set; call this before anything is created.
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
