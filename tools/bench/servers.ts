/** Every server that the bench compares: the one place where another is added. */

/** What a comparison has: always `core`, and the others by `--full` or by their option. */
export type Group = "core" | "peers" | "ablation";

export type Runtime = "node" | "bun" | "python";

export interface ServerEntry {
  /** As in the tables. */
  label: string;
  /** What its numbers are good for. */
  shows?: string;
  group: Group;
  /** Its bar in the chart. */
  colour: string;
  /** What runs it. @default "node" */
  runtime?: Runtime;
  /** Whether it has no database, and answers with the same all the time. */
  canned?: true;
}

/** By file in `servers/`; `fastapi` is in `peers/`. */
export const SERVERS = {
  "node-http": {
    label: "(a) node:http, no database",
    shows: "what Node.js alone takes",
    group: "core",
    colour: "#b8c0cc",
    canned: true,
  },
  fastify: {
    label: "(b) Fastify, no database",
    shows: "what the framework takes: the least that an API can",
    group: "core",
    colour: "#8a94a6",
    canned: true,
  },
  "steadfast-stubbed": {
    label: "(b2) this API, database stubbed",
    shows: "what this API's own code takes",
    group: "core",
    colour: "#5b8def",
    canned: true,
  },
  plain: {
    label: "(c) Fastify + lib-dynamodb",
    shows: "the usual way: one call of AWS's SDK for each item",
    group: "core",
    colour: "#d9822b",
  },
  "fast-nothing": {
    label: "(c1) this API on the SDK: shared calls",
    group: "ablation",
    colour: "#c9e7d3",
  },
  "fast-handler": { label: "(c2) + HTTP handler", group: "ablation", colour: "#a5d8b6" },
  "fast-shortcut": { label: "(c3) + shortcut", group: "ablation", colour: "#6fc18d" },
  steadfast: {
    label: "(d) this API",
    shows: "what is deployed",
    group: "core",
    colour: "#1f9d55",
  },
  "steadfast-telemetry": {
    label: "(e) this API, metrics and traces on",
    shows: "what telemetry takes on top",
    group: "core",
    colour: "#7fc8a0",
  },
  dataloader: { label: "(f) (c) with DataLoader", group: "peers", colour: "#c9a227" },
  "dynamodb-toolbox": { label: "(g) dynamodb-toolbox", group: "peers", colour: "#a3742b" },
  electrodb: { label: "(h) ElectroDB", group: "peers", colour: "#b5653a" },
  hono: { label: "(i) (c) by Hono", group: "peers", colour: "#e0762f" },
  elysia: { label: "(j) (c) by Elysia on Bun", group: "peers", colour: "#c15b9b", runtime: "bun" },
  fastapi: {
    label: "(k) FastAPI and boto3",
    group: "peers",
    colour: "#3c7fb0",
    runtime: "python",
  },
} as const satisfies Record<string, ServerEntry>;

export type ServerName = keyof typeof SERVERS;

/** What runs a server. */
export function runtimeOf(name: ServerName): Runtime {
  const entry: ServerEntry = SERVERS[name];
  return entry.runtime ?? "node";
}

/** Whether a server answers without a database. */
export function isCanned(name: ServerName): boolean {
  const entry: ServerEntry = SERVERS[name];
  return entry.canned === true;
}

/** The servers of some groups, in the order of the tables. */
export function serversOf(groups: readonly Group[]): ServerName[] {
  const names = Object.keys(SERVERS) as ServerName[];
  return names.filter((name) => groups.includes(SERVERS[name].group));
}

/** What is compared, a line each, for whoever reads the tables. */
export function explanationOf(groups: readonly Group[]): string {
  return serversOf(groups)
    .map((name) => {
      const { label, shows }: ServerEntry = SERVERS[name];
      return `  ${label}${shows ? `: ${shows}` : ""}`;
    })
    .join("\n");
}
