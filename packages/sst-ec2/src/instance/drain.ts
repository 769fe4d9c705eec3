/** From systemd's SIGTERM to the program's end. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Served } from "./served.ts";

/** Milliseconds for the program's own handlers; systemd kills two seconds later. */
const HANDLERS = 8000;

/** Exit code with which many programs report SIGTERM. */
const TERMINATED = 143;

type Emit = (event: string | symbol, ...args: unknown[]) => boolean;

export interface DrainTimes {
  /** How long the program serves on after SIGTERM. */
  drainSeconds: number;
  /** How long requests in flight may then take. */
  shutdownSeconds: number;
}

/**
 * Delays SIGTERM for the program while its servers drain: they serve on for `drainSeconds` while the
 * balancer notices, then stop listening and answer what is in flight. Only then the program's own
 * SIGTERM handlers run; without any the process exits with 0. A second SIGTERM ends the drain at
 * once.
 *
 * A program without such a server gets SIGTERM immediately: it is a worker, or drains by itself.
 *
 * @param servers listeners on the service's port at that time
 */
export function holdSigterm(servers: readonly Served[], times: DrainTimes): void {
  const emit = process.emit.bind(process) as Emit;
  let state: "serving" | "draining" | "ending" = "serving";

  const end = () => {
    if (state === "ending") return;
    const served = state === "draining";
    state = "ending";
    // Only our own listener is left.
    if (process.listenerCount("SIGTERM") === 1) process.exit(0);
    if (served) boundEnd();
    emit("SIGTERM", "SIGTERM", 15);
  };
  const onSigterm = () => {
    if (state === "ending") return emit("SIGTERM", "SIGTERM", 15);
    if (state === "draining" || servers.length === 0) return end();
    state = "draining";
    return void drain(servers, times).then(end);
  };
  // Node delivers signals through this function, as it is when the first listener is added.
  process.emit = ((event: string | symbol, ...args: unknown[]) => {
    if (event !== "SIGTERM") return emit(event, ...args);
    onSigterm();
    return true;
  }) as typeof process.emit;
  keepListening();
}

/** Without a listener the signal kills the process; a program may remove every listener. */
function keepListening(): void {
  const listener = () => {};
  process.on("SIGTERM", listener);
  process.on("removeListener", (event, removed) => {
    if (event === "SIGTERM" && removed === listener) process.on("SIGTERM", listener);
  });
}

async function drain(servers: readonly Served[], times: DrainTimes): Promise<void> {
  console.error(`sst-ec2: draining for ${times.drainSeconds} s`);
  for (const server of servers) server.drain();
  await sleep(times.drainSeconds * 1000);
  const closed = Promise.all(servers.map((server) => server.close()));
  await Promise.race([closed, sleep(times.shutdownSeconds * 1000)]);
}

/** All requests are answered, so any end of the program's handlers is a good one. */
function boundEnd(): void {
  process.on("exit", (code) => {
    if (code === TERMINATED) process.exitCode = 0;
  });
  setTimeout(() => process.exit(0), HANDLERS).unref();
}
