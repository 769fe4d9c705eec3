/** Storage: tables, buckets, databases, secrets. */
import type { Recorded } from "../../graph/resource.ts";
import { fixed, type Item, type Pricer, type PricerContext, used } from "../items.ts";
import type { Table } from "../load.ts";
import { HOURS } from "../prices.ts";

/** Each table's share of the data, by number and size of its items. */
const DATA_SHARE: Record<Table, number> = {
  Users: 0.3,
  Logins: 0.1,
  Posts: 0.6,
  Removals: 0,
};

/** GB of archives: a 50 MB runtime, and the kept versions of the application. */
const ARCHIVES_GB = 0.15;

/** GB of sources and caches per push in the pipeline's bucket. */
const PUSH_GB = 0.03;

/** Bytes of a request in the balancer's log, compressed. */
const ACCESS_LOG_BYTES = 60;

/** Log files that the balancer writes a month: one per five minutes and node. */
const ACCESS_LOG_FILES = 2 * 12 * 730;

/** Larger parameters are advanced ones. */
const STANDARD_PARAMETER_BYTES = 4096;

/** An on-demand table: writes, reads, storage and point-in-time recovery. */
export const table: Pricer = ({ name, inputs }, { load }) => {
  const known = (Object.keys(DATA_SHARE) as Table[]).find((each) => name.startsWith(each));
  const { write, read } = known ? load.units(known) : { write: 0, read: 0 };
  const gb = known ? load.data * DATA_SHARE[known] : 0;
  return [
    used("DynamoDB", "writes", "dynamodb.write", write),
    used("DynamoDB", "reads", "dynamodb.read", read),
    used("DynamoDB", "data", "dynamodb.gb", gb),
    ...(inputs.pointInTimeRecovery?.enabled
      ? [used("DynamoDB", "recovery", "dynamodb.recovery", gb)]
      : []),
  ];
};

/** A bucket costs what its writer leaves in it. */
export const bucket: Pricer = (resource, context) => {
  const { gb, puts } = contentOf(resource, context);
  return [used("S3", "data", "s3.gb", gb), used("S3", "files written", "s3.put", puts)];
};

function contentOf(bucket: Recorded, { graph, load }: PricerContext): { gb: number; puts: number } {
  const isThis = (name: unknown) => name === bucket.inputs.bucket || name === bucket.id;
  const writes = (type: string, target: (inputs: Recorded["inputs"]) => unknown) =>
    graph.some((each) => each.type === type && isThis(target(each.inputs)));
  if (writes("aws:lb/loadBalancer:LoadBalancer", ({ accessLogs }) => accessLogs?.bucket)) {
    const months = expiryDays(bucket, graph) / 30;
    return { gb: (load.total * ACCESS_LOG_BYTES * months) / 1e9, puts: ACCESS_LOG_FILES };
  }
  const pipeline = "aws:codepipeline/pipeline:Pipeline";
  if (writes(pipeline, ({ artifactStores }) => artifactStores?.[0]?.location))
    return { gb: load.pushes * PUSH_GB, puts: load.pushes * 10 };
  return { gb: ARCHIVES_GB, puts: load.pushes * 2 };
}

function expiryDays(bucket: Recorded, graph: readonly Recorded[]): number {
  const rules = graph.find(
    ({ type, inputs }) =>
      type.startsWith("aws:s3/bucketLifecycleConfiguration") &&
      (inputs.bucket === bucket.inputs.bucket || inputs.bucket === bucket.id),
  )?.inputs.rules;
  return rules?.find((rule: Recorded["inputs"]) => rule.expiration?.days)?.expiration.days ?? 365;
}

const SECRET: Item = fixed("Secrets Manager", "secret", "secretsmanager.secret", 1);

// #region quotes
/**
 * A database: its instance, disk, and RDS-managed password. Backups up to the disk's size are free.
 */
export const database: Pricer = ({ inputs }, { hours }) => {
  const zones = inputs.multiAz ? "multi" : "single";
  const suffix = inputs.multiAz ? ", with a standby" : "";
  const gb = inputs.allocatedStorage;
  return [
    fixed("RDS", `${inputs.instanceClass}${suffix}`, `rds.${inputs.instanceClass}.${zones}`, hours),
    fixed(
      "RDS",
      `disk of ${gb} GB${suffix}`,
      `rds.${inputs.storageType}.${zones}`,
      hours.div(HOURS).times(gb),
    ),
    ...(inputs.manageMasterUserPassword ? [SECRET] : []),
  ];
};
// #endregion quotes

/** A secret; the calls of a few instances are negligible. */
export const secret: Pricer = () => [SECRET];

/** A customer-managed key; AWS-managed ones are free. */
export const key: Pricer = () => [fixed("KMS", "key", "kms.key", 1)];

/** Parameters up to 4 KB are free. */
export const parameter: Pricer = ({ inputs }) => {
  const value = String(inputs.value?.value ?? inputs.value ?? "");
  const isAdvanced =
    inputs.tier === "Advanced" || Buffer.byteLength(value) > STANDARD_PARAMETER_BYTES;
  return isAdvanced
    ? [fixed("Systems Manager", "advanced parameter", "ssm.parameter.advanced", 1)]
    : [];
};
