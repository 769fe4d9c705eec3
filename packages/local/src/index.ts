export { forgetAccount, forgetEndpoints } from "./account.ts";
export { AlternatingUsers, startSecretServer } from "./alternating-users.ts";
export {
  ERROR_CODES,
  type ErrorCode,
  keyOf,
  STAND_IN_KEY,
  type StandIn,
  type StandInOptions,
  startStandIn,
  type Trouble,
} from "./coinmarketcap.ts";
export { type CollectorLine, type CollectorProcess, startCollector } from "./collector.ts";
export { type Dynoxide, type DynoxideOptions, startDynoxide } from "./dynoxide.ts";
export { type LocalEnvironmentOptions, localEnvironment } from "./environment.ts";
export { type PgliteOptions, startPglite } from "./pglite.ts";
export {
  type LocalPostgres,
  type PostgresAddress,
  postgresVariables,
  reservePostgres,
} from "./postgres.ts";
export { findPostgresServer, type PostgresServer, startPostgresServer } from "./postgres-server.ts";
export { identityOf } from "./process-identity.ts";
export { startRdsLogin } from "./rds-login.ts";
export { type Stack, startStack } from "./stack.ts";
export { createTableRequest, createTables } from "./tables.ts";
