/** The model beside what was measured, and beside what AWS says. */
import { AWS } from "./facts.ts";
import { BEGIN, LOADS } from "./loads.ts";
import { targetTracking } from "./policies.ts";
import { type Model, simulate, smaller } from "./run.ts";

export interface Check {
  what: string;
  model: string;
  reference: string;
  source: string;
}

/** Runs what the model is checked by. */
export function checkModel(model: Model): Check[] {
  return [powerCut(model), joining(model), decision(model), basic(model)];
}

/** One of two instances loses its power, as in the boot rehearsal: 50 requests a second, in turns. */
function powerCut(model: Model): Check {
  const load = { ...LOADS.zone, rate: () => 1 };
  const rehearsal = { ...model, base: 50, algorithm: "round-robin" } as const;
  const times = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => {
    const run = simulate({ ...rehearsal, seed }, load, { min: 2, max: 2, policies: [] });
    return (run.changes.find(({ at, what }) => what === "serving" && at > BEGIN)?.at ?? 0) - BEGIN;
  });
  return {
    what: "a dead instance gets no more requests after",
    model: `${Math.min(...times)} to ${Math.max(...times)} s`,
    reference: "7 to 12 s",
    source: "boot rehearsal, which allows 12 s",
  };
}

/** An instance that is ready gets requests. */
function joining(model: Model): Check {
  const load = { ...LOADS.doubles, rate: (t: number) => (t < BEGIN ? 1 : 3) };
  const policies = [targetTracking("cpu", 0.6)];
  const waits = [1, 2, 3, 4].map((seed) => {
    const { changes } = simulate({ ...smaller(model), seed }, load, { min: 2, max: 12, policies });
    const wanted = changes.find(({ what }) => what === "wanted")?.at ?? 0;
    const serving = changes.find(({ what, at }) => what === "serving" && at > wanted)?.at ?? 0;
    return serving - wanted - AWS.launch - model.measured.boot;
  });
  return {
    what: "from ready until the balancer sends requests",
    model: `${Math.min(...waits).toFixed(0)} to ${Math.max(...waits).toFixed(0)} s`,
    reference: `${model.measured.joining} s`,
    source: "boot rehearsal, the second of two",
  };
}

/** Target tracking on minutes decides. */
function decision(model: Model): Check {
  return {
    what: "CPU over its target until the group grows, detailed monitoring",
    model: `${decides(model, "detailed")} s`,
    reference: "3 datapoints of 1 minute, besides their delay",
    source: "AWS, target tracking",
  };
}

function basic(model: Model): Check {
  return {
    what: "the same with basic monitoring",
    model: `${decides(model, "basic")} s`,
    reference: "3 datapoints of 5 minutes: 15 minutes, besides their delay",
    source: "AWS, target tracking and monitoring",
  };
}

function decides(model: Model, resolution: "detailed" | "basic"): number {
  const length = 3 * LOADS.doubles.length;
  const load = { ...LOADS.doubles, length, rate: (t: number) => (t < BEGIN ? 1 : 3) };
  const policies = [targetTracking("cpu", 0.6, resolution)];
  // Fewer requests of the same use: what matters here is when alarms look.
  const { changes } = simulate(smaller(model), load, { min: 2, max: 12, policies });
  return (changes.find(({ what }) => what === "wanted")?.at ?? Number.NaN) - BEGIN;
}
