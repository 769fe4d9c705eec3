import { main } from "../../common/command-line.ts";
import { Processes } from "../../common/processes.ts";
import { Steps } from "../../common/steps.ts";
import { releaseLock } from "./lock.ts";
import { explainFailure } from "./sst.ts";

/** What one run of a command works with. */
export interface Run {
  /** The processes that it starts; they end with it and on Ctrl-C. */
  processes: Processes;
  steps: Steps;
  /** Aborts when the command is interrupted. */
  interrupted: AbortSignal;
}

/**
 * `main` for commands that start processes: whatever happens, they have ended and the lock is
 * released when the command ends. The exit code is 130 after Ctrl-C, `kill` or a closed terminal.
 *
 * @param explain Turns an error into one line. @default {@link explainFailure}
 */
export async function command(
  name: string,
  usage: string,
  // biome-ignore lint/suspicious/noConfusingVoidType: as `main` takes it
  action: (args: string[], run: Run) => Promise<number | void>,
  explain: (error: Error, run: Run) => string = explainFailure,
): Promise<void> {
  const interrupted = onInterruption();
  const run: Run = { processes: new Processes(interrupted), steps: new Steps(), interrupted };
  const act = async (args: string[]) => {
    try {
      return await action(args, run);
    } finally {
      await run.processes.stopAll();
      await releaseLock();
    }
  };
  // After an interruption everything fails because its processes were ended.
  const why = (error: Error) =>
    interrupted.aborted ? (interrupted.reason as Error).message : explain(error, run);
  await main(name, usage, act, why);
  if (interrupted.aborted) process.exitCode = 130;
}

/**
 * @returns a signal that aborts on the first interruption. Later ones are ignored: under npm,
 * Ctrl-C arrives twice, and the second must not cut the clean-up short.
 */
export function onInterruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => controller.abort(new Error(`interrupted by ${signal}`)));
  return controller.signal;
}
