import { readProgress } from "./requests.ts";
import { describe, format, type Panel, type Values, type Watcher } from "./watcher.ts";

/** One look at a run. */
export interface Sample {
  /** Seconds since the start. */
  at: number;
  /** Requests a second since the look before. */
  rate: number;
  /** Users at work; 0 in setup and teardown. */
  users: number;
  values: Values;
}

export interface Recording {
  panels: Panel[];
  samples: Sample[];
}

/** Seconds between samples. */
const LOOK = 5;
/** Seconds between lines. */
const LINE = 15;

/**
 * Samples a run until it is stopped, and prints a line every 15 s. A failed sample is left out: watching
 * must not end a run.
 *
 * @param address where k6's REST API listens, e.g. `127.0.0.1:6565`
 * @returns what stops it and gives the recording
 */
export function record(address: string, watcher: Watcher): () => Recording {
  const start = performance.now();
  const samples: Sample[] = [];
  let before: { at: number; requests: number } | undefined;
  let failed = false;
  const look = async () => {
    const values = await watcher.read().catch((error: Error) => {
      if (!failed) console.error(`  watching: ${error.message}`);
      failed = true;
      return {};
    });
    const progress = await readProgress(address);
    if (!progress) return;
    const at = (performance.now() - start) / 1000;
    const rate = before ? (progress.requests - before.requests) / (at - before.at) : 0;
    before = { at, requests: progress.requests };
    samples.push({ at, rate, users: progress.users, values });
    if (samples.length % (LINE / LOOK) === 0) say(watcher.panels, samples);
  };
  const timer = setInterval(() => void look(), LOOK * 1000);
  return () => {
    clearInterval(timer);
    watcher.close();
    return { panels: watcher.panels, samples };
  };
}

/** Prints the rate over the last line's samples, and the newest of the other values. */
function say(panels: Panel[], samples: Sample[]): void {
  const recent = samples.slice(-LINE / LOOK);
  const rate = recent.reduce((sum, sample) => sum + sample.rate, 0) / recent.length;
  const { values, users } = recent.at(-1) as Sample;
  const time = new Date().toTimeString().slice(0, 8);
  const doing = users > 0 ? `${users} users` : "setup or teardown";
  console.info(`  ${time}  ${doing}, ${format(rate)} requests/s, ${describe(panels, values)}`);
}
