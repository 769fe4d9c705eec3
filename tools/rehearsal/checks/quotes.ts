import assert from "node:assert/strict";
import type { DBInstance } from "@aws-sdk/client-rds";
import type { Stage } from "../../../infra/stages.ts";
import { checkArtifact } from "./artifact.ts";
import type { Cloud } from "./cloud.ts";
import { type Deployment, type Fleet, findWorkers, isOf } from "./deployment.ts";
import { only, present, same } from "./expect.ts";
import { linkOf, readEnvironment } from "./links.ts";
import { checkRule, securityGroupsOf } from "./network.ts";
import { allows, readStatements } from "./role.ts";

const PORT = 5432;

/** Collector and database are there and reach each other, or neither is, as the stage wants. */
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
  const database = only(databases, "database");
  checkCollector(collector, api);
  await checkArtifact(cloud, collector.plan);
  await checkDatabase(cloud, database, stage);
  await checkWays(cloud, database, [api, collector]);
  await checkPassword(cloud, database, collector);
  await checkReader(cloud, database, api);
  await checkKey(cloud, collector, api);
  await checkAlarms(cloud, database);
}

function checkCollector({ group, template, userData, plan }: Fleet, api: Deployment) {
  same([group.MinSize, group.MaxSize, group.Instances?.length], [1, 1, 1], "collectors");
  same(only(group.Instances, "collector").LifecycleState, "InService", "the collector's state");
  same(group.HealthCheckType, "EC2", "the collector's health check");
  same(template.MetadataOptions?.HttpTokens, "required", "the collector's metadata tokens");
  same(plan.runtime, api.plan.runtime, "the runtime that both services fetch");
  assert.notEqual(plan.app.key, api.plan.app.key, "the services have one application");
  assert.match(userData, /^ListenStream=127\.0\.0\.1:/m, "the collector listens to the network");
  assert.match(userData, /^PROCESSES='1'$/m, "the collector has several processes");
}

async function checkDatabase(cloud: Cloud, database: DBInstance, stage: Stage) {
  const wanted = {
    Engine: "postgres",
    PubliclyAccessible: false,
    StorageEncrypted: true,
    StorageType: "gp3",
    MultiAZ: stage.databaseStandby,
    IAMDatabaseAuthenticationEnabled: true,
    AutoMinorVersionUpgrade: true,
    DeletionProtection: stage.deletionProtection,
  } satisfies Partial<DBInstance>;
  for (const [name, value] of Object.entries(wanted))
    same(database[name as keyof DBInstance], value, `${name} of the database`);
  const SubnetIds = (database.DBSubnetGroup?.Subnets ?? []).map((each) =>
    present(each.SubnetIdentifier, "subnet of the database"),
  );
  const { Subnets = [] } = await cloud.ec2.describeSubnets({ SubnetIds });
  same(new Set(Subnets.map((each) => each.AvailabilityZone)).size, 2, "zones of the database");
  const { DBParameterGroupName } = only(database.DBParameterGroups, "group of parameters");
  const found = await cloud.rds.describeDBParameters({ DBParameterGroupName });
  const tls = found.Parameters?.find((each) => each.ParameterName === "rds.force_ssl");
  same(tls?.ParameterValue, "1", "rds.force_ssl");
}

/** Each service's security group leads to the database's, which lets in these alone. */
async function checkWays(cloud: Cloud, database: DBInstance, services: Fleet[]) {
  const inner = only(database.VpcSecurityGroups, "security group of the database");
  const outer = services.map((each) => only(securityGroupsOf(each), "a service's security group"));
  const GroupIds = [present(inner.VpcSecurityGroupId, "the database's security group"), ...outer];
  const { SecurityGroups = [] } = await cloud.ec2.describeSecurityGroups({ GroupIds });
  const rules = (id: string | undefined) => {
    const group = present(
      SecurityGroups.find((each) => each.GroupId === id),
      `security group ${id}`,
    );
    return { into: group.IpPermissions ?? [], out: group.IpPermissionsEgress ?? [] };
  };
  const { into, out } = rules(GroupIds[0]);
  same(out, [], "ways out of the database");
  // EC2 keeps rules for one port together, whatever groups they are for.
  same(
    into.map((each) => [each.FromPort, each.ToPort, each.IpRanges?.length ?? 0]),
    into.map(() => [PORT, PORT, 0]),
    "ports of the database",
  );
  const lets = into.flatMap((each) => each.UserIdGroupPairs ?? []).map((each) => each.GroupId);
  same(lets.sort(), [...outer].sort(), "who may connect to the database");
  for (const id of outer) {
    const way = rules(id).out.filter((each) => each.FromPort === PORT);
    checkRule(only(way, `way from ${id} to the database`), PORT, present(GroupIds[0], "database"));
  }
}

/** The password is in a secret of RDS's, which the collector is linked to and may read. */
async function checkPassword(cloud: Cloud, database: DBInstance, collector: Fleet) {
  const SecretId = present(database.MasterUserSecret?.SecretArn, "the database's secret");
  const { SecretString } = await cloud.secrets.getSecretValue({ SecretId });
  const { username, password } = JSON.parse(present(SecretString, "the secret's value"));
  same(username, database.MasterUsername, "the secret's user");
  const environment = await readEnvironment(cloud, collector.plan);
  const { host, port, secretArn } = linkOf(environment, "Postgres");
  same(
    [host, port, secretArn],
    [database.Endpoint?.Address, database.Endpoint?.Port, SecretId],
    "link Postgres",
  );
  assert.ok(!JSON.stringify(environment).includes(password), "a link has the password");
  const statements = await readStatements(cloud, collector);
  const read = "secretsmanager:GetSecretValue";
  assert.ok(allows(statements, read, SecretId), `the collector may not read ${SecretId}`);
  assert.ok(!allows(statements, read, `${SecretId}x`), "the collector may read other secrets");
}

/** The API is another role of the database, by IAM, and may not read the master's password. */
async function checkReader(cloud: Cloud, database: DBInstance, api: Fleet) {
  const environment = await readEnvironment(cloud, api.plan);
  assert.ok(!("SST_RESOURCE_Postgres" in environment), "the API has the owner's link");
  const { host, port, username, iam } = linkOf(environment, "PostgresReader");
  same([host, port], [database.Endpoint?.Address, database.Endpoint?.Port], "link PostgresReader");
  same(iam, true, "the API logs in by IAM");
  assert.notEqual(username, database.MasterUsername, "the API is the database's master");
  const statements = await readStatements(cloud, api);
  const secret = present(database.MasterUserSecret?.SecretArn, "the database's secret");
  const read = "secretsmanager:GetSecretValue";
  assert.ok(!allows(statements, read, secret), "the API may read the master's password");
  const [, partition, , region, account] = present(database.DBInstanceArn, "its ARN").split(":");
  const user = (name: string) =>
    `arn:${partition}:rds-db:${region}:${account}:dbuser:${database.DbiResourceId}/${name}`;
  const connect = "rds-db:connect";
  assert.ok(allows(statements, connect, user(username)), `the API may not be ${username}`);
  for (const other of ["steadfast", `${username}x`]) {
    assert.ok(!allows(statements, connect, user(other)), `the API may be ${other}`);
  }
}

/** The collector has CoinMarketCap's key, the API has not. */
async function checkKey(cloud: Cloud, collector: Fleet, api: Fleet) {
  const { value } = linkOf(await readEnvironment(cloud, collector.plan), "CmcApiKey");
  same(value, KEY, "the key of CoinMarketCap");
  const others = [collector.userData, JSON.stringify(await readEnvironment(cloud, api.plan))];
  same(
    others.some((text) => text.includes(value)),
    false,
    "the key in user data or the API's links",
  );
}

async function checkAlarms(cloud: Cloud, { DBInstanceIdentifier }: DBInstance) {
  const { MetricAlarms = [] } = await cloud.cloudWatch.describeAlarms();
  const own = MetricAlarms.filter((alarm) =>
    alarm.Dimensions?.some(({ Value }) => Value === DBInstanceIdentifier),
  );
  same(
    own.map((each) => each.MetricName).sort(),
    ["CPUUtilization", "DatabaseConnections", "FreeStorageSpace"],
    "the database's alarms",
  );
}

/** What the rehearsal sets as the key of CoinMarketCap. */
export const KEY = "rehearsed-key-of-coinmarketcap";
