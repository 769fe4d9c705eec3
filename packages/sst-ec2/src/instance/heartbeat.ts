/**
 * The heartbeat of a process, which the watchdog checks (`boot/files/watchdog.sh`).
 *
 * All processes of a service share one port, so a network check is answered by a free process and
 * never by a hung one. Each process therefore touches a file every second, from its event loop.
 */
import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Name of the file, in the service's runtime directory, one for each process. */
export const HEARTBEAT_FILE = "alive";

/** Milliseconds between heartbeats. */
const INTERVAL = 1000;

/** A service that knows more about its health than a turning event loop. */
export interface Living {
  /** Whether its work goes on. */
  readonly alive?: boolean;
}

/**
 * Sends a heartbeat now and every second while the event loop turns and the followed service is
 * alive. Does nothing without systemd's runtime directory.
 *
 * @returns a function that also follows a service, once there is one
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
    // A service may have nothing to report.
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
      // Without the file the watchdog ignores this process.
    }
  }
}
