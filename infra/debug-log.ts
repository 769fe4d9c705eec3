/// <reference path="../.sst/platform/config.d.ts" />

/**
 * Turns off the debug lines of Pulumi's SDK for the rest of the program. They repeat what the engine
 * answers to each resource, secrets in the open, and SST keeps them in its state bucket for good
 * (`eventlog/`), beside a state that is encrypted. Nobody sees them otherwise; warnings and errors stay.
 *
 * The rehearsal looks for secrets in the bucket, and so notices should it ever be in vain.
 */
export function silenceDebugLog(): void {
  const log: { debug: typeof $util.log.debug } = $util.log;
  log.debug = async () => {};
}
