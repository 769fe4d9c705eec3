/** The settings that are compared: those of production, and what could be better. */
import { stageOf } from "../../../infra/stages.ts";
import type { Load } from "./loads.ts";
import { forecast, steps, targetTracking } from "./policies.ts";
import type { Settings } from "./run.ts";

/** The CPU use at which `Service` keeps a group by default. */
const TARGET = 0.6;

/** More at once, after a single minute, the worse it is: one half above 70 %, three times above 85 %. */
const SURGE = [
  { above: 0.7, add: 0.5 },
  { above: 0.85, add: 2 },
];

/** What a policy has to know of the model. */
export interface Capacity {
  /** Requests a second that one instance serves at full CPU use. */
  instance: number;
  /** Requests a second where a load is 1. */
  base: number;
}

/** Settings by name, in the order of the tables. */
export function settingsFor(load: Load, { instance, base }: Capacity): Map<string, Settings> {
  const { min, max } = stageOf("prod");
  const cpu = targetTracking("cpu", TARGET);
  const requests = targetTracking("requests", 60 * TARGET * instance);
  const surge = steps("cpu", SURGE);
  const hourly = forecast((time) => (base * load.rate(time)) / (TARGET * instance));
  const wide = { min, max: 2 * max };
  return new Map<string, Settings>([
    [`CPU 60 %, ${min} to ${max}`, { min, max, policies: [cpu] }],
    [`CPU 60 % and surge, ${min} to ${max}`, { min, max, policies: [cpu, surge] }],
    [`CPU 60 %, ${min} to ${wide.max}`, { ...wide, policies: [cpu] }],
    ["… and requests", { ...wide, policies: [cpu, requests] }],
    ["… and surge", { ...wide, policies: [cpu, surge] }],
    ["… and surge, warm pool", { ...wide, warmPool: 4, policies: [cpu, surge] }],
    ["… and forecast", { ...wide, policies: [cpu, hourly] }],
    [`CPU 40 %, ${min} to ${wide.max}`, { ...wide, policies: [targetTracking("cpu", 0.4)] }],
    ["… every 10 s, 60 %", { ...wide, policies: [targetTracking("cpu", TARGET, "high")] }],
    [`CPU 60 %, 4 to ${wide.max}`, { ...wide, min: 4, policies: [cpu] }],
    ["… and surge, from 4", { ...wide, min: 4, policies: [cpu, surge] }],
  ]);
}
