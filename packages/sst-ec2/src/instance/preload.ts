/**
 * What Node.js loads before a service's program: `node --import preload.mjs program.mjs`.
 *
 * It makes an unmodified program, which listens on `PORT` and answers at `HEALTH_PATH`, fit for an
 * instance: reads its links, gives a sign of life, listens on systemd's socket, and drains on SIGTERM.
 * A program that takes the socket itself, `listen({ fd: 3 })`, drains itself, too, and finds no
 * difference.
 *
 * The links (names, secrets) come from SSM SecureString parameters named in `LINKS_PARAMETERS`, comma
 * separated; their decrypted values, joined, are one JSON object of environment variables. They go into
 * this process's environment alone, where SST's `Resource` looks for them when the program imports it.
 * `setenv` in a running process does not show in `/proc/<pid>/environ` nor in a process list.
 *
 * Failing is one line on standard error and exit code 1; systemd tries again.
 */
import { isMainThread } from "node:worker_threads";
import { refuseCluster } from "./cluster.ts";
import { describe } from "./describe.ts";
import { holdSigterm } from "./drain.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { mapPort } from "./listening.ts";
import { Served } from "./served.ts";

// Threads and child processes of the program load this, too; they are the program's own matter.
if (isMainThread && process.env.SYSTEMD_EXEC_PID === String(process.pid)) await begin(process.env);

async function begin(env: NodeJS.ProcessEnv): Promise<void> {
  // Before anything that may hang.
  startHeartbeat();
  const servers: Served[] = [];
  if (env.LISTEN_PID === String(process.pid) && Number(env.LISTEN_FDS) > 0)
    mapPort(Number(env.PORT), (server) => servers.push(new Served(server, env.HEALTH_PATH || "/")));
  holdSigterm(servers, {
    drainSeconds: Number(env.DRAIN_SECONDS) || 0,
    shutdownSeconds: Number(env.SHUTDOWN_SECONDS) || 0,
  });
  refuseCluster();
  await takeLinks(env);
}

async function takeLinks(env: NodeJS.ProcessEnv): Promise<void> {
  const names = (env.LINKS_PARAMETERS ?? "").split(",").filter(Boolean);
  if (names.length === 0) return;
  try {
    const { readLinks } = await import("./links.ts");
    Object.assign(env, await readLinks(names));
  } catch (error) {
    process.stderr.write(`cannot read the links: ${describe(error)}\n`);
    process.exit(1);
  }
}
