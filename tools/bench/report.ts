import { ablation } from "./ablation.ts";
import { type CapacityRow, find, type Plan, type Row, shownConnections } from "./compare.ts";
import type { Hashing } from "./hashing.ts";
import type { PaceRow } from "./pace.ts";
import { SERVERS, type ServerName } from "./servers.ts";
import { type Section, short, table } from "./tables.ts";

/** What a comparison found. */
export interface Comparison {
  machine: string;
  plan: Plan;
  rows: Row[];
  capacity?: CapacityRow[];
  pace?: PaceRow[];
  hashing?: Hashing;
}

/** The sections of the comparison, as far as it has come, and those that are fit for the docs. */
export function comparison(found: Comparison): { sections: Section[]; docs: Section[] } {
  const sections = sectionsOf(found);
  const fit = unsteadiness(found) === undefined;
  return { sections, docs: sections.filter(({ title }) => fit || FACTORS.includes(title)) };
}

function sectionsOf(found: Comparison): Section[] {
  const { rows, capacity, pace, hashing, plan } = found;
  const connections = shownConnections(plan);
  return [
    { title: "Machine", text: machine(found) },
    { title: "Bars", text: bars(rows, hashing) },
    { title: "Servers", text: `At ${connections} connections:\n\n${servers(rows, connections)}` },
    // These two are also taken from a run on a busy machine, so each says which run it is of.
    ...[...ablation(rows, connections), ...peers(found, connections)].map(({ title, text }) => ({
      title,
      text: `${machine(found)} At ${connections} connections:\n\n${text}`,
    })),
    { title: "Connections", text: byConnections(rows) },
    ...(pace ? [{ title: "Pace", text: paces(rows, pace, connections) }] : []),
    ...(capacity
      ? [
          { title: "Capacity", text: capacityUnits(capacity) },
          { title: "Growth", text: growth(rows, capacity) },
        ]
      : []),
    ...(hashing ? [{ title: "Hashing", text: hashed(hashing) }] : []),
  ];
}

/** Between rounds, how much the CPU time of a request may differ at the median row for a run to be recorded. */
const STEADY = 0.15;

/** What compares by factors, and so says something when the rest of a run is not fit for the docs. */
export const FACTORS: readonly string[] = ["Ablation", "Peers"];

/** Why a run is not fit for the docs; nothing where it is. */
export function unsteadiness({ plan, rows }: Comparison): string | undefined {
  if (plan.rounds === 1) return "it has one round, so nobody knows how much its numbers differ";
  const typical = quantile(rows, 0.5);
  if (typical <= STEADY) return undefined;
  return `CPU times differ by ${percent(typical)} between its rounds, of which ${percent(STEADY)} are fine`;
}

function machine({ machine, plan, rows }: Comparison): string {
  const { rounds, seconds } = plan;
  if (rounds === 1) return `${machine}; 1 round of ${seconds} s.`;
  const [typical, most] = [quantile(rows, 0.5), quantile(rows, 0.95)].map(percent);
  return `${machine}; medians of ${rounds} rounds of ${seconds} s, between which the CPU time of a request differs by ${typical}, and by more than ${most} for one row in twenty.`;
}

function quantile(rows: Row[], share: number): number {
  const spreads = rows.map(({ spread }) => spread).sort((a, b) => a - b);
  return spreads[Math.floor(spreads.length * share)] as number;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function hashed({ cpu, memory, memoryByDefault }: Hashing): string {
  return `Hashing a password, which POST user leaves out here: ${short(cpu)} ms of CPU time on a thread of its own. After 5 s of registering with it: ${short(memory)} MB, and ${short(memoryByDefault)} MB where glibc has as many arenas as it likes.`;
}

/** This API beside (b), and beside (b) at the same pace. */
function paces(rows: Row[], pace: PaceRow[], connections: number): string {
  const head = ["Request", "(b) CPU µs", "(b) waits ms", "CPU µs", "req/s", "(d) CPU µs", "req/s"];
  const lines = pace.map(({ scenario, wait, waiting }) => {
    const fastify = find(rows, scenario, "fastify", connections);
    const { cpu = 0, rate = 0 } = find(rows, scenario, "steadfast", connections) ?? {};
    return [
      scenario,
      short(fastify?.cpu ?? 0),
      wait,
      short(waiting.cpu),
      Math.round(waiting.rate),
      short(cpu),
      Math.round(rate),
      short(cpu / waiting.cpu),
    ];
  });
  return table([...head, "(d) to waiting (b)"], lines);
}

/** All servers at one number of connections. */
function servers(rows: Row[], connections: number): string {
  const lines = rows
    .filter((row) => row.connections === connections && SERVERS[row.server].group === "core")
    .map((row) => [
      ...client(row),
      short(row.kernel),
      short(row.loopDelay),
      Math.round(row.rss),
      short(row.calls),
      row.failed,
    ]);
  return table(
    [...CLIENT, "kernel µs", "loop delay p99 ms", "MB", "calls a request", "failed"],
    lines,
  );
}

const CLIENT = ["Request", "Server", "CPU µs", "req/s", "p50 ms", "p99 ms"];

/** What a request costs, and what its client sees. */
function client({ scenario, server, cpu, rate, p50, p99 }: Row): (string | number)[] {
  const { label } = SERVERS[server];
  return [scenario, label, short(cpu), Math.round(rate), short(p50), short(p99)];
}

/** The same routes by other libraries, frameworks and languages, where they were measured. */
function peers({ rows, capacity = [] }: Comparison, connections: number): Section[] {
  const isPeer = ({ server }: { server: ServerName }) => SERVERS[server].group === "peers";
  if (!rows.some(isPeer)) return [];
  const beside: ServerName[] = ["plain", "steadfast"];
  const lines = rows
    .filter((row) => row.connections === connections)
    .filter((row) => isPeer(row) || beside.includes(row.server))
    .map((row) => {
      const units = of(capacity, row.server).find(({ scenario }) => scenario === row.scenario);
      return [
        ...client(row),
        Math.round(row.rss),
        short(units?.read ?? Number.NaN),
        short(units?.write ?? Number.NaN),
        row.failed,
      ];
    });
  const text = table([...CLIENT, "MB", "read units", "write units", "failed"], lines);
  return [{ title: "Peers", text }];
}

/** This API beside (c) as connections grow. */
function byConnections(rows: Row[]): string {
  const head = ["Request", "Connections", "CPU µs", "p50 ms", "p99 ms"];
  const lines = of(rows, "steadfast").map((row) => {
    const plain = find(rows, row.scenario, "plain", row.connections);
    const cells = [row, plain].flatMap((each) => [each?.cpu, each?.p50, each?.p99]);
    return [row.scenario, row.connections, ...cells.map((value) => short(value ?? 0))];
  });
  return table([...head, "(c) CPU µs", "(c) p50 ms", "(c) p99 ms"], lines);
}

/** Capacity units a request. */
function capacityUnits(rows: CapacityRow[]): string {
  const head = ["Request", "(c) read", "(d) read", "(c) write", "(d) write"];
  const byScenario = Map.groupBy(rows, ({ scenario }) => scenario);
  const lines = [...byScenario].map(([scenario, each]) => {
    const [plain, own] = [of(each, "plain")[0], of(each, "steadfast")[0]];
    const units = [plain?.read, own?.read, plain?.write, own?.write];
    return [scenario, ...units.map((value) => short(value ?? 0))];
  });
  return table(head, lines);
}

/** Dollars a million units of capacity, on demand in us-east-1. */
const PRICE = { read: 0.125, write: 0.625 };

/** What a million requests cost. */
function growth(rows: Row[], capacity: CapacityRow[]): string {
  const counts = [...new Set(rows.map(({ connections }) => connections))].filter((n) => n > 1);
  const seconds = counts.map((count, i) => (i === 0 ? `CPU s at ${count}` : `at ${count}`));
  const lines = of(capacity, "steadfast").map(({ scenario, read, write }) => {
    const price = read * PRICE.read + write * PRICE.write;
    const cpu = counts.map((count) => find(rows, scenario, "steadfast", count)?.cpu ?? 0);
    return [
      scenario,
      `${short(read)} M`,
      `${short(write)} M`,
      `$${price.toFixed(2)}`,
      ...cpu.map(short),
    ];
  });
  return table(["Request", "Read units", "Write units", "Capacity", ...seconds], lines);
}

function of<Each extends { server: ServerName }>(rows: Each[], server: ServerName): Each[] {
  return rows.filter((row) => row.server === server);
}

/** The bars that the design set itself, at 64 connections unless said otherwise. */
function bars(rows: Row[], hashing?: Hashing): string {
  const lines: string[][] = [];
  const add = (name: string, wanted: number, value?: number, reference?: number) => {
    if (value === undefined || reference === undefined) return;
    const ratio = value / reference;
    lines.push([name, `≤ ${short(wanted)}`, short(ratio), ratio <= wanted ? "met" : "missed"]);
  };
  for (const [scenario, toFastify, toPlain] of [
    ["GET user", 1.4, 1 / 10],
    ["GET post", 1.4, 1 / 10],
    ["GET posts of a user", undefined, 1 / 6],
    ["POST post", 2.5, 1 / 6],
    ["POST user", 3, undefined],
  ] as const) {
    const cpu = (server: ServerName) => find(rows, scenario, server)?.cpu;
    if (toFastify) add(`${scenario}, CPU to (b)`, toFastify, cpu("steadfast"), cpu("fastify"));
    if (toPlain) add(`${scenario}, CPU to (c)`, toPlain, cpu("steadfast"), cpu("plain"));
  }
  for (const [scenario, wanted] of [
    ["GET posts of a user", 200],
    ["GET posts of popular users", 100],
    ["GET posts of one user", 100],
  ] as const) {
    add(`${scenario}, CPU µs`, wanted, find(rows, scenario, "steadfast")?.cpu, 1);
  }
  for (const name of new Set(rows.map(({ scenario }) => scenario))) {
    const p50 = (server: ServerName) => find(rows, name, server, 1)?.p50;
    add(`${name}, p50 to (c), 1 connection`, 1.1, p50("steadfast"), p50("plain"));
    const p99 = (server: ServerName) => find(rows, name, server, 256)?.p99;
    add(`${name}, p99 to (c), 256 connections`, 1, p99("steadfast"), p99("plain"));
  }
  const ours = of(rows, "steadfast");
  add("Memory, MB", 150, Math.max(...ours.map(({ rss }) => rss)), 1);
  add("Memory while passwords are hashed, MB", 165, hashing?.memory, 1);
  add("Failed requests", 0, Math.max(...ours.map(({ failed }) => failed)), 1);
  return table(["Bar", "Wanted", "Measured", ""], lines);
}
