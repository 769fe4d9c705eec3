/**
 * The sign of life of a process, which the watchdog looks at (`watchdog.ts`).
 *
 * All processes of a service share one port, so a question over the network is answered by whichever is
 * free, and never by the one that hangs. Each therefore gives a sign of its own, from its event loop and
 * nowhere else: it touches a file every second.
 */
import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Name of the file, in the service's runtime directory, one for each process. */
export const HEARTBEAT_FILE = "alive";

/** Milliseconds between two signs. */
const INTERVAL = 1000;

/** A service that knows more of its life than that its event loop turns. */
export interface Living {
  /** Whether its work goes on. */
  readonly alive?: boolean;
}

/**
 * Gives a first sign at once and then one every second, as long as the event loop turns and what is
 * followed is alive. Does nothing where systemd gives no runtime directory.
 *
 * @returns follows a service's life, too, once there is one
 */
export function startHeartbeat(
  folder: string | undefined = process.env.RUNTIME_DIRECTORY,
): (service: Living | undefined) => void {
  let followed: Living = {};
  if (folder) {
    const file = join(folder, HEARTBEAT_FILE);
    const beat = () => {
      if (followed.alive !== false) touch(file);
    };
    beat();
    setInterval(beat, INTERVAL).unref();
  }
  return (service) => {
    // A service may have nothing to tell.
    followed = service ?? {};
  };
}

function touch(file: string): void {
  const now = new Date();
  try {
    utimesSync(file, now, now);
  } catch {
    try {
      writeFileSync(file, "");
    } catch {
      // Without the file the watchdog leaves this process alone.
    }
  }
}
