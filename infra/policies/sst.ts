import { APP, type Grants, NO_RESOURCES } from "./grant.ts";

/** SST's own data of the app. Bucket and settings of all apps are the account's: see `bootstrap.ts`. */
export const sst: Grants = {
  State: {
    on: [`arn:aws:s3:::sst-state-*/*/${APP}/*`],
    calls: { s3: "GetObject PutObject DeleteObject" },
  },
  // Without it S3 answers 403 and not 404 for what is not there, and SST stops. It shows the names of
  // apps and stages, and nothing of what they keep.
  StateNames: { on: ["arn:aws:s3:::sst-state-*"], calls: { s3: "ListBucket" } },
  Passphrases: {
    on: [`arn:aws:ssm:*:*:parameter/sst/passphrase/${APP}/*`],
    calls: { ssm: "GetParameter PutParameter" },
  },
  Settings: {
    on: [
      "arn:aws:ssm:*:*:parameter/sst/bootstrap",
      "arn:aws:ssm:*:*:parameter/aws/service/ami-amazon-linux-latest/*",
    ],
    calls: { ssm: "GetParameter" },
  },
  Identity: { on: ["*"], reason: NO_RESOURCES, calls: { sts: "GetCallerIdentity" } },
};
