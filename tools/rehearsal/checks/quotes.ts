import type { DBInstance } from "@aws-sdk/client-rds";
import type { Stage } from "../../../infra/stages.ts";
import { checkArtifact } from "./artifact.ts";
import type { Cloud } from "./cloud.ts";
import { type Deployment, type Fleet, findWorkers, isOf } from "./deployment.ts";
import { only, present, same } from "./expect.ts";
import { linkOf, readEnvironment } from "./links.ts";

/** What the rehearsal sets as the key of CoinMarketCap. */
export const KEY = "rehearsed-key-of-coinmarketcap";

/** The collector runs and is linked to the database, as the API is; without quotes neither is there. */
export async function checkQuotes(cloud: Cloud, api: Deployment, stage: Stage): Promise<void> {
  const workers = await findWorkers(cloud);
  const found = await cloud.rds.describeDBInstances();
  const databases = (found.DBInstances ?? []).filter(
    ({ TagList }) => !cloud.stage || isOf(cloud.stage, TagList),
  );
  if (!stage.quotes) {
    same([workers.length, databases.length], [0, 0], "collectors and databases without quotes");
    return;
  }
  const collector = only(workers, "group without a balancer");
  const instance = only(collector.group.Instances, "collector");
  same(instance.LifecycleState, "InService", "the collector's state");
  same(collector.plan.runtime, api.plan.runtime, "the runtime that both services fetch");
  await checkArtifact(cloud, collector.plan);
  await checkLinked(cloud, only(databases, "database"), { collector, api });
}

/** The collector has the secret and the key, the API another login and neither of them. */
async function checkLinked(
  cloud: Cloud,
  database: DBInstance,
  { collector, api }: Record<"collector" | "api", Fleet>,
) {
  const SecretId = present(database.MasterUserSecret?.SecretArn, "the database's secret");
  const { SecretString } = await cloud.secrets.getSecretValue({ SecretId });
  const { username, password } = JSON.parse(present(SecretString, "the secret's value"));
  same(username, database.MasterUsername, "the secret's user");
  const address = [database.Endpoint?.Address, database.Endpoint?.Port];
  const [owner, reader] = await Promise.all([
    readEnvironment(cloud, collector.plan),
    readEnvironment(cloud, api.plan),
  ]);
  const { host, port, secretArn } = linkOf(owner, "Postgres");
  same([host, port, secretArn], [...address, SecretId], "link Postgres");
  same(linkOf(owner, "CmcApiKey").value, KEY, "the key of CoinMarketCap");
  const link = linkOf(reader, "PostgresReader");
  same([link.host, link.port, link.iam], [...address, true], "link PostgresReader");
  const shown = [collector.userData, api.userData, JSON.stringify(reader)].join();
  for (const secret of [password, KEY])
    same(shown.includes(secret), false, "a secret in user data or the API's links");
}
