/**
 * Turns off the debug log of Pulumi's SDK, which repeats the engine's answers, secrets included;
 * SST keeps it in its state bucket forever, unencrypted. The rehearsal searches the bucket for
 * secrets.
 */
export function silenceDebugLog(): void {
  const log: { debug: typeof $util.log.debug } = $util.log;
  log.debug = async () => {};
}
