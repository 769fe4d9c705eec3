import type { ChildProcess } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import getPort from "get-port";
import { type Processes, stopGroup } from "../../common/processes.ts";
import { until } from "../../common/until.ts";
import { installVenv } from "../../common/venv.ts";
import { paths } from "./paths.ts";

const START_SECONDS = 180;

/** AWS's code of the quota for on-demand vCPUs. */
const VCPUS = "L-1216C47A";

/**
 * Modules in `tools/rehearsal/emulator/hostile` that make the emulator as late and strict as AWS;
 * each says what it does and cites AWS.
 */
export const HOSTILE = [
  "texts",
  "alarms",
  "roles",
  "newcomer",
  "gateways",
  "zones",
  "throttle",
  "lost",
] as const;
export type Hostile = (typeof HOSTILE)[number];

/**
 * The outcome of instance refreshes, and the account's quotas; see
 * `tools/rehearsal/emulator/control.py`.
 */
export interface Control {
  refreshOutcome: "Successful" | "Failed" | "RollbackSuccessful";
  refreshReason?: string;
  refreshSeconds?: number;
  /** On-demand vCPUs. @default more than needed */
  vcpus?: number;
  /** Address that judges calls as they arrive, and the access keys that it judges. @default none */
  judge?: string;
  judged?: readonly string[];
  /** Target health of machines that were booted outside the emulator, by instance ID. */
  targets?: Record<string, "healthy" | "unhealthy" | "initial">;
}

export interface Emulator {
  /** Where it listens, e.g. `http://127.0.0.1:40123`. */
  endpoint: string;
  /** Sets the behaviour from now on. */
  control(wanted: Control): Promise<void>;
  /** Lets it run after this process, and records it for the next run. */
  keep(): Promise<void>;
}

/**
 * Installs the emulator's pinned packages in a virtual environment if they are missing.
 *
 * @throws one line when Python is missing, or packages cannot be installed
 */
export async function installEmulator(processes: Processes): Promise<void> {
  await installVenv(
    {
      purpose: "the emulator",
      venv: paths.venv,
      requirements: join(paths.emulator, "requirements.txt"),
      log: join(paths.logs, "install-emulator.log"),
    },
    processes,
  );
}

/** Files of a running emulator. */
export type Files = Pick<typeof paths, "home" | "control" | "calls" | "logs" | "kept">;

export interface EmulatorOptions {
  /** Its hostile modules. @default none */
  hostile?: readonly Hostile[];
  /** `paths` in a rehearsal; no two processes may share them. */
  files: Files;
}

/** Starts the emulator on a free port of 127.0.0.1 and waits until it answers. */
export async function startEmulator(
  processes: Processes,
  { hostile = [], files }: EmulatorOptions,
): Promise<Emulator> {
  await stopKept(files.kept);
  const port = await getPort({ host: "127.0.0.1" });
  const endpoint = `http://127.0.0.1:${port}`;
  const log = join(files.logs, "emulator.log");
  const child = processes.start(
    python(),
    [paths.emulator, "--host", "127.0.0.1", "--port", String(port)],
    {
      cwd: files.home,
      env: {
        ...process.env,
        EMULATOR_CONTROL: files.control,
        EMULATOR_CALLS: files.calls,
        EMULATOR_HOSTILE: hostile.join(","),
      },
      log,
    },
  );
  await answering(child, endpoint, log);
  return {
    endpoint,
    control: (wanted) => control(files.control, wanted),
    async keep() {
      processes.release(child);
      await writeFile(files.kept, JSON.stringify({ pid: child.pid, endpoint }));
    },
  };
}

/** The emulator that an earlier run kept, if it still runs. */
export async function keptEmulator(): Promise<Emulator | undefined> {
  const kept = await readFile(paths.kept, "utf8").catch(() => undefined);
  if (!kept) return undefined;
  const { endpoint }: { endpoint: string } = JSON.parse(kept);
  if (!(await answers(endpoint))) return undefined;
  return {
    endpoint,
    control: (wanted) => control(paths.control, wanted),
    keep: async () => {},
  };
}

/** Ends the emulator that an earlier run kept, if it still runs. */
async function stopKept(file: string): Promise<void> {
  const kept = await readFile(file, "utf8").catch(() => undefined);
  if (!kept) return;
  const { pid, endpoint } = JSON.parse(kept);
  // The id may belong to another process by now: only one that still serves there is ours.
  if (await answers(endpoint)) await stopGroup(pid);
  await rm(file);
}

function control(file: string, { vcpus, ...wanted }: Control): Promise<void> {
  const quotas = vcpus === undefined ? {} : { [VCPUS]: vcpus };
  return writeFile(file, JSON.stringify({ ...wanted, quotas }));
}

function python(): string {
  return join(paths.venv, "bin/python");
}

async function answering(child: ChildProcess, endpoint: string, log: string): Promise<void> {
  let ended = false;
  child.once("exit", () => (ended = true));
  child.once("error", () => (ended = true));
  await until({ what: `the emulator's first answer, see ${log}`, seconds: START_SECONDS }, () => {
    if (ended) throw new Error(`the emulator ended while it started; see ${log}`);
    return answers(endpoint);
  });
}

/** Whether moto answers there. Its data dump fails once it holds a database. */
async function answers(endpoint: string): Promise<boolean> {
  const request = fetch(`${endpoint}/moto-api/config`, { signal: AbortSignal.timeout(5000) });
  return request.then((response) => response.ok).catch(() => false);
}
