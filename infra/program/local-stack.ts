import { LOCAL_POSTGRES } from "../quotes/postgres.ts";

/** Next to the API's port. */
const PORT = Number(process.env.PORT || 3000) + 1;

/** The whole stack without AWS, as a second command of `sst dev` that waits to be started. */
export function localStack() {
  new sst.x.DevCommand("LocalStack", {
    dev: { title: "Local stack, no AWS", command: "npm start", autostart: false },
    environment: {
      PORT: `${PORT}`,
      // #region quotes
      // Only one database can be embedded per folder.
      DB_HOST: LOCAL_POSTGRES.host,
      DB_PORT: `${LOCAL_POSTGRES.port}`,
      DB_NAME: LOCAL_POSTGRES.database,
      DB_USER: LOCAL_POSTGRES.username,
      DB_PASS: LOCAL_POSTGRES.password,
      // #endregion quotes
    },
  });
}
