/**
 * Preloaded into each server under test: answers the bench, over the IPC channel, with what the
 * process has used so far. Costs nothing between two questions but a counter per database call.
 */
import diagnostics from "node:diagnostics_channel";
import { monitorEventLoopDelay } from "node:perf_hooks";

/** What a server process has used since its start; the event-loop delay since the last question. */
export interface Usage {
  /** CPU time of all threads, in microseconds. */
  cpu: number;
  /** What of it the kernel took. */
  kernel: number;
  /** HTTP requests sent, which are the calls to the database. */
  calls: number;
  /** Resident memory, in bytes. */
  rss: number;
  /** 99th percentile of the event loop's delay, in milliseconds. */
  loopDelay: number;
}

let calls = 0;
const count = () => {
  calls++;
};
// Node's own client, and undici's.
diagnostics.subscribe("http.client.request.start", count);
diagnostics.subscribe("undici:request:create", count);

const RESOLUTION = 5;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
delay.enable();

process.on("message", (message) => {
  if (message !== "usage") return;
  const { user, system } = process.cpuUsage();
  const usage: Usage = {
    cpu: user + system,
    kernel: system,
    calls,
    rss: process.memoryUsage.rss(),
    loopDelay: Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION),
  };
  delay.reset();
  process.send?.(usage);
});
process.on("disconnect", () => process.exit());
