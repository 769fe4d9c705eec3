import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Processes } from "../../../common/processes.ts";
import {
  type Emulator,
  type Files,
  type Hostile,
  installEmulator,
  startEmulator,
} from "../../deploy/emulator.ts";

export interface OwnEmulator extends Emulator {
  files: Files;
  /** Stops it and removes its files. */
  close(): Promise<void>;
}

/** Starts an emulator whose files no rehearsal and no other test shares: they run at the same time. */
export async function startOwnEmulator(hostile: readonly Hostile[] = []): Promise<OwnEmulator> {
  const home = await mkdtemp(join(tmpdir(), "emulator-"));
  const processes = new Processes(new AbortController().signal);
  const files: Files = {
    home,
    logs: home,
    control: join(home, "control.json"),
    calls: join(home, "calls.jsonl"),
    kept: join(home, "kept.json"),
  };
  await installEmulator(processes);
  const emulator = await startEmulator(processes, { hostile, files });
  return {
    ...emulator,
    files,
    async close() {
      await processes.stopAll();
      await rm(home, { recursive: true, force: true });
    },
  };
}
