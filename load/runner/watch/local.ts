import { portToPid } from "pid-port";
import pidusage from "pidusage";
import type { Watcher } from "./watcher.ts";

/** Milliseconds between two looks at the event loop. */
const PROBE_INTERVAL = 500;
const PROBE_TIMEOUT = 10_000;

/**
 * Watches an API on this machine: CPU and memory of the process that listens on the port, and its
 * event-loop delay, taken as the longest time that `GET /health/live` took since the last look. That
 * route touches nothing and is never shed, so its answer waits for the loop alone.
 */
export async function watchLocal(url: string): Promise<Watcher> {
  const port = Number(URL.parse(url)?.port || 80);
  const pid = await portToPid({ port, host: "*" }).catch(() => undefined);
  let longest: number | undefined;
  const probe = async () => {
    const start = performance.now();
    const alive = await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(PROBE_TIMEOUT) })
      .then((response) => response.arrayBuffer())
      .catch(() => undefined);
    if (alive) longest = Math.max(longest ?? 0, performance.now() - start);
  };
  const timer = setInterval(probe, PROBE_INTERVAL);
  return {
    panels: [
      { title: "CPU of the process", unit: "%", series: [{ key: "cpu", label: "CPU" }] },
      { title: "Memory of the process", unit: "MB", series: [{ key: "memory", label: "memory" }] },
      {
        title: "Event-loop delay, longest of /health/live",
        unit: "ms",
        series: [{ key: "delay", label: "event-loop delay" }],
      },
    ],
    async read() {
      const usage = pid === undefined ? undefined : await pidusage(pid).catch(() => undefined);
      const delay = longest;
      longest = undefined;
      return {
        ...(usage && { cpu: usage.cpu, memory: usage.memory / 1e6 }),
        ...(delay !== undefined && { delay }),
      };
    },
    close() {
      clearInterval(timer);
      pidusage.clear();
    },
  };
}
