/** Clients that keep sending everyday requests while something happens to the stage. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readSummary } from "../../../load/runner/summary.ts";
import type { Processes } from "../../common/processes.ts";
import { root } from "../../common/root.ts";
import { paths } from "../deploy/paths.ts";
import type { Clients } from "./report.ts";

/** Visits a second: enough to show a gap, few enough for two micros. */
const RATE = "10";

/** Quiet seconds before and after. */
const MARGIN_SECONDS = 20;

/**
 * Does something under load: the scenario `soak`, which ends when it is done.
 *
 * @param name Of the log file.
 * @returns its result, and the numbers of requests and failures
 * @throws its error, after the load has ended gracefully and cleaned up
 */
export async function underTraffic<Result>(
  { url, name, processes }: { url: string; name: string; processes: Processes },
  action: () => Promise<Result>,
): Promise<{ result: Result; clients: Clients }> {
  const log = join(paths.logs, `k6-${name}.log`);
  const args = ["load/runner/load.ts", "soak", "--url", url, "--rate", RATE, "--duration", "2h"];
  const k6 = processes.start(process.execPath, args, { cwd: root, env: process.env, log });
  const ended = once(k6, "exit");
  const early = ended.then(() => {
    throw new Error(`the load ended before its time; see ${log}`);
  });
  // Nobody waits for it any more.
  early.catch(() => {});
  try {
    await Promise.race([early, sleep(MARGIN_SECONDS * 1000)]);
    const result = await Promise.race([early, action()]);
    await Promise.race([early, sleep(MARGIN_SECONDS * 1000)]);
    k6.kill("SIGINT");
    await ended;
    return { result, clients: await readClients(log) };
  } finally {
    if (k6.exitCode === null) k6.kill("SIGINT");
    await ended;
  }
}

/** From the report that the load's last line names. */
async function readClients(log: string): Promise<Clients> {
  const text = await readFile(log, "utf8");
  const folder = /^Report: (\S+)\/ /m.exec(text)?.[1];
  if (!folder) throw new Error(`the load left no report; see ${log}`);
  const { metrics } = await readSummary(join(root, folder, "summary.json"));
  // k6 counts failed requests as passes of the rate "failed".
  return {
    requests: metrics.http_reqs?.count ?? 0,
    failed: metrics.http_req_failed?.passes ?? 0,
  };
}
