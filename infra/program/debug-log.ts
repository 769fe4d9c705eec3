/**
 * Turns off the debug log of Pulumi's SDK for the rest of the program. It repeats the engine's
 * answers, secrets included, and SST keeps it in its state bucket forever (`eventlog/`), unencrypted
 * beside the encrypted state. Warnings and errors stay.
 *
 * The rehearsal searches the bucket for secrets, so it notices if this stops working.
 */
export function silenceDebugLog(): void {
  const log: { debug: typeof $util.log.debug } = $util.log;
  log.debug = async () => {};
}
