/** Between systemd's SIGTERM and the program's end. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Served } from "./served.ts";

/** Milliseconds that the program's own handlers have; systemd kills two seconds later. */
const HANDLERS = 8000;

/** Exit code by which many programs say that SIGTERM ended them. */
const TERMINATED = 143;

type Emit = (event: string | symbol, ...args: unknown[]) => boolean;

export interface DrainTimes {
  /** How long the program serves on after SIGTERM. */
  drainSeconds: number;
  /** How long requests that are under way then may take. */
  shutdownSeconds: number;
}

/**
 * Holds SIGTERM back from the program while its servers drain: for `drainSeconds` they serve on, while the
 * balancer hears that they go; then they stop listening and what is under way is answered. Only then do the
 * program's own handlers of SIGTERM run; without any the process ends with 0. A second SIGTERM ends the
 * drain at once.
 *
 * A program without such a server gets SIGTERM as it comes: it is a worker, or drains by itself.
 *
 * @param servers what listens on the service's port, as it is then
 */
export function holdSigterm(servers: readonly Served[], times: DrainTimes): void {
  const emit = process.emit.bind(process) as Emit;
  let state: "serving" | "draining" | "ending" = "serving";

  const end = () => {
    if (state === "ending") return;
    const served = state === "draining";
    state = "ending";
    // Our own listener is one of them.
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
  // Node delivers a signal by this function, as it is when the signal's first listener comes.
  process.emit = ((event: string | symbol, ...args: unknown[]) => {
    if (event !== "SIGTERM") return emit(event, ...args);
    onSigterm();
    return true;
  }) as typeof process.emit;
  keepListening();
}

/** The signal kills a process in which nobody listens for it; a program may remove every listener. */
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

/** All requests are answered, so what the program's handlers come to is a good end. */
function boundEnd(): void {
  process.on("exit", (code) => {
    if (code === TERMINATED) process.exitCode = 0;
  });
  setTimeout(() => process.exit(0), HANDLERS).unref();
}
