/** Everyday visits by k6, as in `load/capacity.ts`. */
import { execFile } from "node:child_process";
import { cpus } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import getPort from "get-port";
import { BROKEN, findK6, withoutOptions } from "../../../load/runner/k6.ts";
import { scenarioFile } from "../../../load/runner/paths.ts";
import { readSummary, routes } from "../../../load/runner/summary.ts";
import { readProgress } from "../../../load/runner/watch/requests.ts";
import type { Instance } from "./instance.ts";

/** How an instance did at a rate. */
export interface Carried {
  /** Visits a second. */
  visits: number;
  /** Requests a second. */
  requests: number;
  /** Whether all promises were kept: nothing failed, and what hashes no password was quick. */
  held: boolean;
  /** CPU time of a request, in microseconds. */
  cpu: number;
  /** vCPUs busy. */
  busy: number;
  /** Share of this machine's processors that was used, by whomever. */
  machine: number;
  /** 99th percentiles in milliseconds: of the slowest route that hashes no password, and of those that do. */
  p99: number;
  hashing: number;
  /** MB of the larger process at the end. */
  memory: number;
}

/** Milliseconds between two looks. */
const LOOK = 500;

/** Looks that a run has until it is steady. */
const BEGIN = 4;

interface Look {
  at: number;
  requests: number;
  cpu: number;
  machine: { busy: number; all: number };
}

/** Lets visits come for a while. @throws when k6 cannot do its work */
export async function carry(
  instance: Instance,
  folder: string,
  { visits, seconds }: { visits: number; seconds: number },
): Promise<Carried> {
  const address = `127.0.0.1:${await getPort({ host: "127.0.0.1" })}`;
  const summaryFile = join(folder, "carry.json");
  const variables = { BASE_URL: instance.url, LOAD_RATE: visits, LOAD_DURATION: seconds };
  const run: Promise<{ code?: number; stderr: string }> = promisify(execFile)(
    findK6(),
    [
      ...["run", "--quiet", "--no-teardown", "--address", address, "--summary-export", summaryFile],
      ...Object.entries(variables).flatMap(([name, value]) => ["-e", `${name}=${value}`]),
      scenarioFile("capacity"),
    ],
    { env: withoutOptions(process.env) },
  );
  const watching = new AbortController();
  const looks = watch(instance, address, watching.signal);
  const { code = 0, stderr } = await run.catch((error) => error);
  watching.abort();
  // Anything else is no verdict. What k6 says last is why.
  if (code !== 0 && code !== BROKEN) throw new Error(`k6: ${stderr.trim().split("\n").at(-1)}`);
  const seen = routes(await readSummary(summaryFile));
  const worst = (hashing: boolean) =>
    Math.max(0, ...seen.filter(({ name }) => HASHING.has(name) === hashing).map(({ p99 }) => p99));
  return {
    visits,
    held: code === 0,
    p99: worst(false),
    hashing: worst(true),
    memory: await instance.memory(),
    ...between(await looks),
  };
}

const HASHING = new Set(["POST /users/", "POST /sessions"]);

/** Looks while visits come. */
async function watch(instance: Instance, address: string, signal: AbortSignal): Promise<Look[]> {
  const looks: Look[] = [];
  while (!signal.aborted) {
    const progress = await readProgress(address);
    if (progress?.running)
      looks.push({
        at: performance.now() / 1000,
        requests: progress.requests,
        cpu: await instance.cpu(),
        machine: processors(),
      });
    await sleep(LOOK);
  }
  return looks;
}

function between(looks: readonly Look[]) {
  const [first, last] = [looks[BEGIN], looks.at(-1)];
  if (!first || !last || first === last) throw new Error("k6 was too short to be looked at.");
  const requests = last.requests - first.requests;
  const seconds = last.at - first.at;
  const cpu = last.cpu - first.cpu;
  return {
    requests: requests / seconds,
    cpu: (cpu / requests) * 1e6,
    busy: cpu / seconds,
    machine: (last.machine.busy - first.machine.busy) / (last.machine.all - first.machine.all),
  };
}

function processors(): Look["machine"] {
  const times = cpus().map(({ times }) => times);
  const idle = times.reduce((sum, each) => sum + each.idle, 0);
  const all = times.reduce(
    (sum, each) => sum + each.idle + each.user + each.sys + each.nice + each.irq,
    0,
  );
  return { busy: all - idle, all };
}
