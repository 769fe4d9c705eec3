import { readMeasured } from "../../common/measured.ts";
import { BEGIN, LOADS, type Load } from "./loads.ts";
import { cpuOf, everyday } from "./mix.ts";
import { type Model, type Run, simulate, smaller } from "./run.ts";
import { settingsFor } from "./settings.ts";

/** Share of its CPU time that a group of two uses before anything happens. */
const BEFORE = 0.35;
const INSTANCES = 2;

/** When clients feel it: 99th percentile in seconds, and share of requests that fail. */
export const FELT = { p99: 0.1, failed: 0.001 };

/** How a group with some settings did. */
export interface Result extends Run {
  settings: string;
  /** Seconds during which clients felt it. */
  felt: number;
  worst: number;
  /** Seconds from the begin of trouble until one more instance served; nothing where none did. */
  grown: number | undefined;
  most: number;
}

/** A production group of t4g.micro, and everyday requests as measured. */
export function productionModel(seed = 1): Model {
  const measured = readMeasured();
  const kinds = everyday(measured);
  const shape = { vcpus: 2 };
  const base = (BEFORE * INSTANCES * shape.vcpus) / cpuOf(kinds);
  return { measured, kinds, shape, base, seed };
}

/** Requests a second that an instance serves at full CPU use. */
export function capacityOf({ kinds, shape }: Model): number {
  return shape.vcpus / cpuOf(kinds);
}

/**
 * Simulates one load with all settings. A day is long: it has a tenth of the requests, each ten times
 * as dear.
 */
export function study(production: Model, load: Load): Result[] {
  const model = load === LOADS.day ? smaller(production) : production;
  const capacity = { instance: capacityOf(model), base: model.base };
  return [...settingsFor(load, capacity)].map(([settings, group]) =>
    summarise(settings, simulate(model, load, group)),
  );
}

/** What clients felt of a run. */
export function summarise(settings: string, run: Run): Result {
  const { windows } = run;
  const bad = windows.filter(({ p99, failed }) => p99 > FELT.p99 || failed > FELT.failed);
  const before = windows.findLast(({ at }) => at < BEGIN)?.instances ?? 0;
  const more = windows.find(({ at, instances }) => at >= BEGIN && instances > before);
  return {
    ...run,
    settings,
    felt: bad.length * 10,
    worst: Math.max(...windows.map(({ p99 }) => p99)),
    grown: more && more.at - BEGIN,
    most: Math.max(...windows.map(({ instances }) => instances)),
  };
}
