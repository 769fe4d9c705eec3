import { type Grants, NO_RESOURCES, type Scope } from "./grant.ts";
/**
 * SST's data of this app. Bucket and settings are shared by the account's apps: see `bootstrap.ts`.
 */
export function stateGrants(scope: Scope): Grants {
  const { app } = scope;
  return {
    State: {
      on: [`arn:aws:s3:::sst-state-*/*/${app}/*`],
      calls: { s3: "GetObject PutObject DeleteObject" },
    },
    // Without it S3 answers 403 instead of 404 for missing objects, and SST stops. It reveals the
    // names of apps and stages, and none of their content.
    StateNames: { on: ["arn:aws:s3:::sst-state-*"], calls: { s3: "ListBucket" } },
    Passphrases: {
      on: [`arn:aws:ssm:*:*:parameter/sst/passphrase/${app}/*`],
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
}
