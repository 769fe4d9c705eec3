import type { PlainImage, UserDataArgs } from "../../src/boot/args.ts";

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

const { runtime: _, ...rest } = API;

/** A program that is no Node.js. */
export const BINARY: UserDataArgs = {
  ...rest,
  start: ["$APP/server", "--flag", "$HOME 100%"],
  plain: {},
  processes: 1,
};

/** A container image's program, as this user. */
export const image = (uid: number): PlainImage => ({
  environment: { PATH: "/opt/bin:/bin", HOME: "/home/app", PORT: "80", MODE: "image" },
  workingDirectory: "/srv",
  user: { uid, gid: 4001 },
  stopSignal: "SIGQUIT",
  hasAuthorities: false,
});

export const IMAGE: UserDataArgs = {
  ...BINARY,
  start: ["server", "$APP/x"],
  plain: { image: image(4000) },
};

const { lifecycle: __, ...alone } = API;
const nasty = Object.fromEntries(NASTY.map((value, index) => [`NASTY_${index}`, value]));

/** What services there are; together they have each file. */
export const SHAPES: [string, UserDataArgs][] = [
  ["an API", API],
  ["an API in a group without a hook", { ...API, lifecycle: { group: "g" } }],
  ["an API in no group", alone],
  ["an API with a log file and its agent", { ...API, logFile: true, agent: {} }],
  ["an API with nasty values", { ...API, environment: nasty }],
  ["a worker", { ...API, balanced: false, processes: 1, healthPath: "" }],
  ["a binary", BINARY],
  ["a binary on systemd's socket", { ...BINARY, plain: { socket: true } }],
  ["an image", IMAGE],
  ["an image that runs as root", { ...IMAGE, plain: { image: image(0) } }],
  [
    "an image with authorities",
    { ...IMAGE, plain: { image: { ...image(4000), hasAuthorities: true } } },
  ],
  ["a worker in an image, with a log file", { ...IMAGE, healthPath: "", logFile: true }],
];
