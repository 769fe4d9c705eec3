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
  alarms: AlarmTopic | undefined;
  /** Undefined in `sst dev`. */
  hosting: Hosting | undefined;
}

/**
 * Database and collector, or nothing if the stage has no quotes. `sst dev` has them on this
 * machine.
 * @returns the database, for its readers
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
 * The key of CoinMarketCap's API, an SST secret; undefined if the stage has no quotes.
 * @throws when it is not set; call this before anything is created
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
