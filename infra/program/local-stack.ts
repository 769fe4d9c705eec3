import { LOCAL_POSTGRES } from "../quotes/postgres.ts";

/** Next to the API's port, so that both can run. */
const PORT = Number(process.env.PORT || 3000) + 1;

/**
 * The whole stack on this machine, without AWS, as a second command of `sst dev`. It waits until it
 * is started there; `npm start` does the same without SST.
 */
export function localStack() {
  new sst.x.DevCommand("LocalStack", {
    dev: { title: "Local stack, no AWS", command: "npm start", autostart: false },
    environment: {
      PORT: `${PORT}`,
      // #region quotes
      // The same database: only one can be embedded per folder.
      DB_HOST: LOCAL_POSTGRES.host,
      DB_PORT: `${LOCAL_POSTGRES.port}`,
      DB_NAME: LOCAL_POSTGRES.database,
      DB_USER: LOCAL_POSTGRES.username,
      DB_PASS: LOCAL_POSTGRES.password,
      // #endregion quotes
    },
  });
}
