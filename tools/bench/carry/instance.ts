/** What runs on an instance: the deployed bundle, a process a vCPU, on one socket, with its log. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pidusage from "pidusage";
import { NODE_ENVIRONMENT, NODE_FLAGS } from "sst-ec2/helpers";
import { bundle } from "../../build/bundle.ts";
import type { Setting } from "../setting.ts";
import { Cgroup } from "./cgroup.ts";

/** vCPUs of a T instance, each of which has a process. */
export const VCPUS = 2;

/** Memory of a process that is not V8's old objects, in MiB; as user data reckons. */
const OTHER = 110;

/** Everybody comes from one address here, and an author is many. */
const MANY = "1000000";

/** How long a process may take to start, in milliseconds: a tenth of a processor is not much. */
const PATIENCE = 60_000;

/** An instance's processes. */
export interface Instance {
  url: string;
  /** Sets how many vCPUs it gets. */
  hold(vcpus: number): Promise<void>;
  /** CPU time so far, in seconds. */
  cpu(): Promise<number>;
  /** Resident memory of the largest process, in MB. */
  memory(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts an instance's processes, held to their memory, on all of its vCPUs, and waits until they serve. */
export async function startInstance(setting: Setting, memoryMib: number): Promise<Instance> {
  const folder = join(setting.folder, "carry");
  await bundle({ entry: "packages/api/src/server.ts", folder });
  const group = await Cgroup.create(`steadfast-carry-${process.pid}`, {
    vcpus: VCPUS,
    memoryMib,
  });
  const log = await open(join(setting.folder, "carry.log"), "w");
  const socket = createServer();
  await once(socket.listen(0, "127.0.0.1"), "listening");
  const heap = Math.max(64, Math.floor(memoryMib / VCPUS) - OTHER);
  const args = [process.execPath, ...NODE_FLAGS, `--max-old-space-size=${heap}`];
  const [command, rest] = group.command([...args, join(folder, "start.mjs")]);
  const limits = { REGISTRATIONS: MANY, USER_WRITES: MANY };
  const env = { ...process.env, ...NODE_ENVIRONMENT, ...setting.environment, ...limits };
  const processes = Array.from({ length: VCPUS }, () =>
    spawn(command, rest, {
      env: { ...env, LISTEN_FDS: "1" },
      stdio: ["ignore", log.fd, "inherit", descriptorOf(socket)],
    }),
  );
  const url = `http://127.0.0.1:${(socket.address() as AddressInfo).port}`;
  // The processes have it; here nobody accepts.
  socket.close();
  await log.close();
  const stop = async () => {
    await Promise.all(processes.map(kill));
    await group.remove();
  };
  try {
    await serving(url, processes);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    stop,
    hold: (vcpus) => group.hold(vcpus),
    cpu: () => group.cpu(),
    memory: async () => {
      const used = await Promise.all(processes.map(({ pid }) => pidusage(pid as number)));
      return Math.max(...used.map(({ memory }) => memory)) / 1e6;
    },
  };
}

/** Node has no public name for what systemd would pass on. */
function descriptorOf(socket: Server): number {
  return (socket as unknown as { _handle: { fd: number } })._handle.fd;
}

async function serving(url: string, processes: readonly ChildProcess[]): Promise<void> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(50)) {
    const ended = processes.find(({ exitCode }) => exitCode !== null);
    if (ended) throw new Error(`A process of the instance ended with ${ended.exitCode}.`);
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
    if (answer?.ok) return;
  }
  throw new Error(`The instance was not ready within ${PATIENCE / 1000} s.`);
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}
