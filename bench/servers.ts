/** Every server that the bench compares: the one place where another is added. */

/** What a comparison has: always `core`, and the others by `--full` or by their option. */
export type Group = "core" | "peers" | "ablation";

export interface ServerEntry {
  /** As in the tables. */
  label: string;
  group: Group;
  /** Its bar in the chart. */
  colour: string;
}

/** By file in `bench/servers/`. */
export const SERVERS = {
  "node-http": { label: "(a) node:http, no database", group: "core", colour: "#b8c0cc" },
  fastify: { label: "(b) Fastify, no database", group: "core", colour: "#8a94a6" },
  "steadfast-stubbed": {
    label: "(b2) this API, database stubbed",
    group: "core",
    colour: "#5b8def",
  },
  plain: { label: "(c) Fastify + lib-dynamodb", group: "core", colour: "#d9822b" },
  "fast-nothing": {
    label: "(c1) this API on the SDK: shared calls",
    group: "ablation",
    colour: "#c9e7d3",
  },
  "fast-handler": { label: "(c2) + HTTP handler", group: "ablation", colour: "#a5d8b6" },
  "fast-signer": { label: "(c3) + signer", group: "ablation", colour: "#6fc18d" },
  steadfast: { label: "(d) this API: + shortcut", group: "core", colour: "#1f9d55" },
  "steadfast-telemetry": {
    label: "(e) this API, metrics and traces on",
    group: "core",
    colour: "#7fc8a0",
  },
} as const satisfies Record<string, ServerEntry>;

export type ServerName = keyof typeof SERVERS;

/** The servers of some groups, in the order of the tables. */
export function serversOf(groups: readonly Group[]): ServerName[] {
  const names = Object.keys(SERVERS) as ServerName[];
  return names.filter((name) => groups.includes(SERVERS[name].group));
}
