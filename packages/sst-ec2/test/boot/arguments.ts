import type { UserDataArgs } from "../../src/boot/args.ts";

/** What `infra/` passes for an API in production. */
export const API: UserDataArgs = {
  service: "api",
  region: "us-east-1",
  bucket: "steadfast-prod-artifactbucket-abcdefgh",
  runtime: {
    key: "runtime/node-24.21.0-linux-arm64-ff6043608609028b.tar.gz",
    sha256: "1".repeat(64),
  },
  app: {
    key: "app/api/app-api-321eb7c84427c5ab.tar.gz",
    sha256: "2".repeat(64),
  },
  start: ["$RUNTIME/bin/node", "$APP/start.mjs"],
  healthPath: "/health/ready",
  linksParameters: ["/steadfast/prod/Api/links:7"],
  environment: { LOG_LEVEL: "info", TRUST_PROXY: "10.0.0.0/22,10.0.8.0/22" },
  port: 3000,
  drainSeconds: 20,
  lifecycle: { group: "steadfast-prod-api", hook: "drain" },
};

/** Text that bash, systemd or both would take for something else. */
export const NASTY = [
  "",
  " leading and trailing ",
  "a b",
  "it's",
  'say "hi"',
  "$HOME $(id) `id`",
  "%n %i %%",
  "back\\slash \\n \\x41 \\",
  "tab\there",
  "two\nlines",
  "END_OF_FILE",
  "\nEND_OF_FILE\n",
  "# no comment; [Service]\nExecStart=/bin/false",
  "ümlaut 日本 😀",
  "!history * ? [a-z] {1,2} ~ & | < > ( )",
];
