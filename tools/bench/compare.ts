import { type Capacity, startCountingProxy } from "../common/proxies.ts";
import { checkServer } from "./conformance.ts";
import { missing } from "./foreign.ts";
import { type Measurement, measure, median } from "./measure.ts";
import type { Server } from "./processes.ts";
import { type Scenario, scenarios } from "./scenarios.ts";
import { type Group, isCanned, runtimeOf, SERVERS, type ServerName, serversOf } from "./servers.ts";
import type { Setting } from "./setting.ts";

export interface Plan {
  /** Which servers. */
  groups: readonly Group[];
  scenarios: string[];
  connections: number[];
  rounds: number;
  /** Length of one measurement. */
  seconds: number;
  /** How long each server is warmed up for each kind of request. */
  warmUp: number;
}

/** The number of connections whose servers are shown side by side: 64, as in the bars, if measured. */
export function shownConnections({ connections }: Plan): number {
  return connections.includes(64) ? 64 : (connections[0] as number);
}

/** The medians of some rounds. */
export interface Rounds extends Measurement {
  /** How much the CPU time of a request differs between the rounds, as a share of the median. */
  spread: number;
}

export interface Row extends Rounds {
  scenario: string;
  server: ServerName;
  connections: number;
}

/** Capacity units a request. */
export interface CapacityRow extends Capacity {
  scenario: string;
  server: ServerName;
}

/** The row of a server, if it is there. */
export function find(rows: Row[], scenario: string, server: ServerName, connections = 64) {
  return rows.find(
    (row) => row.scenario === scenario && row.server === server && row.connections === connections,
  );
}

/** What is compared from every number of connections. */
const COMPARED: readonly ServerName[] = ["plain", "steadfast"];

/**
 * Measures every server with every kind of request from the number of connections that is shown side by
 * side, and this API and the plain handler from every other number. A server that fails is left out from
 * there on, and what was measured stays.
 * @param onRows Called with all rows so far.
 */
export async function compare(
  setting: Setting,
  plan: Plan,
  onRows: (rows: Row[]) => Promise<void>,
): Promise<Row[]> {
  const servers = new Map<ServerName, Server>();
  for (const name of available(plan)) {
    console.info(`  starting ${SERVERS[name].label}`);
    await orLeaveOut(servers, name, async () => {
      const server = await setting.start(name);
      servers.set(name, server);
      if (!isCanned(name)) await checkServer(name, server.url, setting.data);
    });
  }
  const rows: Row[] = [];
  for (const scenario of chosen(plan)) {
    const requests = scenario.requests(setting.data);
    const load = (connections: number, seconds: number) => ({ requests, connections, seconds });
    console.info(`  warming up: ${scenario.name}`);
    for (const [name, server] of [...servers]) {
      await orLeaveOut(servers, name, () =>
        measure(server, setting.generator, load(64, plan.warmUp)),
      );
    }
    for (const connections of plan.connections) {
      const shown = connections === shownConnections(plan);
      const loaded = new Map([...servers].filter(([name]) => shown || COMPARED.includes(name)));
      const one = load(connections, plan.seconds);
      const results = await inTurn(setting, loaded, one, plan.rounds, (name, measured) =>
        orLeaveOut(servers, name, measured),
      );
      for (const [server, measured] of results) {
        rows.push({ scenario: scenario.name, server, connections, ...measured });
      }
      await onRows(rows);
      console.info(`  measured: ${scenario.name}, ${connections} connections`);
    }
  }
  await Promise.all([...servers.values()].map((server) => server.stop()));
  return rows;
}

/** @returns nothing when it fails: the server is then not there any more, and a line says why */
async function orLeaveOut<Result>(
  servers: Map<ServerName, Server>,
  name: ServerName,
  action: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await action();
  } catch (error) {
    console.error(`  ${SERVERS[name].label} is left out from here on: ${messageOf(error)}.`);
    const server = servers.get(name);
    servers.delete(name);
    await server?.stop();
    return undefined;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
}

/** The servers that a plan has and this machine can run; a line for each that it cannot. */
function available({ groups }: Plan): ServerName[] {
  return serversOf(groups).filter((name) => {
    const reason = missing(runtimeOf(name));
    if (reason) console.info(`  ${SERVERS[name].label} is left out: ${reason}.`);
    return reason === undefined;
  });
}

/**
 * Measures servers in rounds: in each, every one in turn. The numbers are medians over the rounds.
 * @param guard Takes each measurement, and may give up its server.
 */
export async function inTurn<Name>(
  { generator }: Setting,
  servers: Map<Name, Server>,
  load: Parameters<typeof measure>[2],
  rounds: number,
  guard: Guard<Name> = (_, measured) => measured(),
): Promise<Map<Name, Rounds>> {
  const measured = new Map<Name, Measurement[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, server] of [...servers]) {
      const result = await guard(name, () => measure(server, generator, load));
      if (result) measured.set(name, [...(measured.get(name) ?? []), result]);
      else servers.delete(name);
    }
  }
  return new Map([...measured].map(([name, results]) => [name, summed(results)]));
}

type Guard<Name> = (
  name: Name,
  measured: () => Promise<Measurement>,
) => Promise<Measurement | undefined>;

function summed(rounds: Measurement[]): Rounds {
  const medians = median(rounds);
  const cpu = rounds.map((round) => round.cpu);
  return { ...medians, spread: (Math.max(...cpu) - Math.min(...cpu)) / medians.cpu };
}

/** Counts capacity units in a run of its own, as the counting takes time. */
export async function countCapacity(setting: Setting, plan: Plan): Promise<CapacityRow[]> {
  const proxy = await startCountingProxy(setting.endpoint);
  const rows: CapacityRow[] = [];
  for (const name of available(plan).filter(
    (each) => !isCanned(each) && each !== "steadfast-telemetry",
  )) {
    console.info(`  counting capacity units: ${SERVERS[name].label}`);
    const servers = new Map<ServerName, Server>();
    await orLeaveOut(servers, name, async () => {
      const server = await setting.start(name, { AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint });
      servers.set(name, server);
      for (const scenario of chosen(plan)) {
        const before = { ...proxy.total };
        const load = { url: server.url, connections: 64, seconds: 3 };
        const requests = scenario.requests(setting.data);
        const { answered } = await setting.generator.send({ ...load, requests });
        rows.push({
          scenario: scenario.name,
          server: name,
          read: (proxy.total.read - before.read) / answered,
          write: (proxy.total.write - before.write) / answered,
        });
      }
      await server.stop();
    });
  }
  proxy.stop();
  return rows;
}

/** The kinds of requests that a plan has. */
export function chosen(plan: Plan): Scenario[] {
  return scenarios.filter(({ name }) => plan.scenarios.includes(name));
}
