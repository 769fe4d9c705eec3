/** @returns a signal that aborts once somebody ends the command: Ctrl-C, `kill`, a terminal that closes */
export function onInterruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => controller.abort(new Error(`interrupted by ${signal}`)));
  return controller.signal;
}
