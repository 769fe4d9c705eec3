import { fixedName, uniqueName } from "sst-ec2";
import { toSeconds } from "sst-ec2/helpers";
import type { AlarmTopic } from "../monitoring/alarms.ts";
import { databaseAlarms } from "../monitoring/database-alarms.ts";
import { DATABASE_READER } from "../policies/access.ts";
import type { Stage } from "../stages.ts";
import type { Network } from "../vpc.ts";

const PORT = 5432;

/** Not the usual port, which another Postgres may use. */
const LOCAL_PORT = 54_320;

/** RDS keeps the minor version current. A major upgrade also needs `allowMajorVersionUpgrade`. */
const MAJOR = "18";

/** Two burstable vCPUs and 1 GB of memory. */
const INSTANCE_CLASS = "db.t4g.micro";

/** The smallest gp3 disk; a quote every 15 seconds fills it in decades. */
const STORAGE_GB = 20;

/** The database's own log, and that of upgrades. */
const LOGS = ["postgresql", "upgrade"];

const DATABASE = "quotes";

/** The readers' role: the collector creates it, and IAM logs it in. */
const READER = DATABASE_READER;

interface PostgresArgs {
  stage: Stage;
  network: Network;
  alarms: AlarmTopic | undefined;
}

/** The database for its users. */
export interface Postgres {
  /** The link `Postgres`, for the tables' owner. */
  owner: Link;
  /** The link `PostgresReader`. */
  reader: Link;
  /** RDS's identifier; undefined on this machine. */
  identifier?: $util.Output<string>;
  /** For `connectsTo` of a service. */
  connections: { name: string; port: number; securityGroup: $util.Output<string> }[];
}

type Link = sst.Linkable<Record<string, unknown>>;

/**
 * The quotes' database: RDS Postgres in private subnets, reachable only over TLS and only from
 * services that connect to it.
 *
 * RDS keeps the master password in Secrets Manager and rotates it. Readers log in with an IAM
 * token: no second password to store, pay for and rotate. The name is fixed: a change that would
 * replace the database, and lose its data, fails instead.
 *
 * ### Cost
 * $0.016 × 730 for the instance, $0.115 × 20 for its disk and $0.40 for the secret: **$14.38 a
 * month**. A standby doubles the first two, **$28.36**. Three alarms are $0.10 each, logs $0.50 a
 * GB. A processor above its baseline of 10 % all the time costs $0.075 a vCPU-hour more.
 */
export function postgres({ stage, network, alarms }: PostgresArgs): Postgres {
  const parent = new $util.ComponentResource("steadfast:aws:Postgres", "PostgresDatabase");
  // SST retains the database of a stage with `retain`; what it depends on must stay, too.
  const kept = { parent, retainOnDelete: stage.retain };
  const securityGroup = new aws.ec2.SecurityGroup(
    uniqueName("PostgresSecurityGroup", "aws:ec2/securityGroup:SecurityGroup"),
    {
      // Services that connect add ingress rules; there is no egress.
      description: "Database of the quotes",
      vpcId: network.vpc.id,
      tags: { Name: `${$app.name}-${$app.stage}-Postgres` },
    },
    kept,
  );
  const instance = createInstance({ stage, network, securityGroup, kept });
  databaseAlarms(
    { identifier: instance.identifier, storage: STORAGE_GB },
    { actions: alarms ? [alarms.arn] : [], parent },
  );
  return {
    owner: ownerLink(instance),
    reader: readerLink(instance),
    identifier: instance.identifier,
    connections: [{ name: "Postgres", port: PORT, securityGroup: securityGroup.id }],
  };
}

/**
 * The embedded database of `sst dev`. It only accepts local connections, so its password is no
 * secret.
 */
export const LOCAL_POSTGRES = {
  host: "127.0.0.1",
  port: LOCAL_PORT,
  database: "postgres",
  username: "postgres",
  password: "postgres",
};

export function localPostgres(): Postgres {
  // It has a single user with all rights.
  const link = (name: string) => new sst.Linkable(name, { properties: LOCAL_POSTGRES });
  return { owner: link("Postgres"), reader: link("PostgresReader"), connections: [] };
}

interface InstanceContext extends Pick<PostgresArgs, "stage" | "network"> {
  securityGroup: aws.ec2.SecurityGroup;
  /** Options of all the database's resources. */
  kept: Kept;
}

interface Kept {
  parent: $util.Resource;
  retainOnDelete: boolean;
}

/** 8 hexadecimal digits and a hyphen at the end of the name. */
const NAME_BYTES = 4;

/**
 * RDS's identifier. Its random part lives as long as the stage has a database, so one that was
 * retained never blocks the next.
 */
function createIdentifier(parent: $util.Resource): $util.Output<string> {
  const { hex } = new random.RandomId("PostgresName", { byteLength: NAME_BYTES }, { parent });
  const name = fixedName("postgres", "aws:rds/instance:Instance", 2 * NAME_BYTES + 1);
  return $interpolate`${name.toLowerCase()}-${hex}`;
}

function createInstance({ stage, network, securityGroup, kept }: InstanceContext) {
  const identifier = createIdentifier(kept.parent);
  const subnets = new aws.rds.SubnetGroup(
    uniqueName("postgres", "aws:rds/subnetGroup:SubnetGroup").toLowerCase(),
    { description: "Private subnets of two zones", subnetIds: network.vpc.privateSubnets },
    kept,
  );
  return new aws.rds.Instance(
    "Postgres",
    {
      identifier,
      engine: "postgres",
      engineVersion: MAJOR,
      autoMinorVersionUpgrade: true,
      // Upgrade when AWS ends a version's support, instead of paying $0.10 a vCPU-hour to stay.
      engineLifecycleSupport: "open-source-rds-extended-support-disabled",
      instanceClass: INSTANCE_CLASS,
      storageType: "gp3",
      allocatedStorage: STORAGE_GB,
      storageEncrypted: true,
      dbName: DATABASE,
      username: "steadfast",
      manageMasterUserPassword: true,
      iamDatabaseAuthenticationEnabled: true,
      caCertIdentifier: "rds-ca-rsa2048-g1",
      parameterGroupName: createParameters(kept).name,
      port: PORT,
      dbSubnetGroupName: subnets.name,
      vpcSecurityGroupIds: [securityGroup.id],
      publiclyAccessible: false,
      multiAz: stage.databaseStandby,
      backupRetentionPeriod: days(stage.databaseBackups, "databaseBackups"),
      copyTagsToSnapshot: true,
      deletionProtection: stage.deletionProtection,
      deleteAutomatedBackups: !stage.retain,
      ...finalSnapshot(stage, identifier),
      // Now called Database Insights; seven days of its standard mode are free.
      performanceInsightsEnabled: true,
      performanceInsightsRetentionPeriod: 7,
      enabledCloudwatchLogsExports: LOGS,
      // A finished deploy has applied the change, not scheduled it for the weekend.
      applyImmediately: true,
    },
    { ...kept, dependsOn: createLogGroups(stage, identifier, kept) },
  );
}

/** Otherwise RDS creates the log groups and keeps them forever. */
function createLogGroups(stage: Stage, identifier: $util.Output<string>, kept: Kept) {
  return LOGS.map(
    (log) =>
      new aws.cloudwatch.LogGroup(
        `Postgres${log === "upgrade" ? "Upgrade" : ""}Logs`,
        {
          name: $interpolate`/aws/rds/instance/${identifier}/${log}`,
          retentionInDays: days(stage.logRetention, "logRetention"),
        },
        kept,
      ),
  );
}

function createParameters(kept: Kept) {
  return new aws.rds.ParameterGroup(
    uniqueName(`postgres${MAJOR}`, "aws:rds/parameterGroup:ParameterGroup").toLowerCase(),
    {
      family: `postgres${MAJOR}`,
      description: "TLS alone; statements that took over a second are logged",
      parameters: [
        // AWS's default, too; RDS reports "pending-reboot" whatever was requested.
        { name: "rds.force_ssl", value: "1", applyMethod: "pending-reboot" },
        { name: "log_min_duration_statement", value: "1000", applyMethod: "immediate" },
      ],
    },
    kept,
  );
}

/** A retained stage keeps a snapshot when its database is deleted. */
function finalSnapshot(stage: Stage, identifier: $util.Output<string>) {
  if (!stage.retain) return { skipFinalSnapshot: true };
  return { finalSnapshotIdentifier: $interpolate`${identifier}-final` };
}

const placeOf = ({ address, port, dbName }: aws.rds.Instance) => ({
  host: address,
  port,
  database: dbName,
});

/** Grants reading the password. Whoever may read the secret may decrypt with AWS's own key. */
function ownerLink(instance: aws.rds.Instance): Link {
  const secretArn = instance.masterUserSecrets.apply((secrets) => secrets[0]?.secretArn ?? "");
  return new sst.Linkable("Postgres", {
    properties: { ...placeOf(instance), secretArn, reader: READER },
    include: [
      sst.aws.permission({
        actions: ["secretsmanager:GetSecretValue"],
        resources: [secretArn],
      }),
    ],
  });
}

/** Grants logging in as that role of this database only. */
function readerLink(instance: aws.rds.Instance): Link {
  const role = $util.all([instance.arn, instance.resourceId]).apply(([arn, id]) => {
    const [, partition, , region, account] = arn.split(":");
    return `arn:${partition}:rds-db:${region}:${account}:dbuser:${id}/${READER}`;
  });
  return new sst.Linkable("PostgresReader", {
    properties: { ...placeOf(instance), username: READER, iam: true },
    include: [sst.aws.permission({ actions: ["rds-db:connect"], resources: [role] })],
  });
}

function days(duration: Parameters<typeof toSeconds>[0], argument: string): number {
  return toSeconds(duration, argument) / 86_400;
}
