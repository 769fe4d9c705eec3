import type { Measured } from "../../common/measured.ts";
import { type Algorithm, Balancer } from "./balancer.ts";
import { Clock } from "./clock.ts";
import { AWS } from "./facts.ts";
import { Group } from "./group.ts";
import { Histogram } from "./histogram.ts";
import { BUCKET, type Shape } from "./instance.ts";
import type { Load } from "./loads.ts";
import type { Kind } from "./mix.ts";
import type { Policy, View } from "./policies.ts";
import { Random } from "./random.ts";

/** How a group is set. */
export interface Settings {
  min: number;
  max: number;
  policies: readonly Policy[];
  warmPool?: number;
}

export interface Model {
  measured: Measured;
  kinds: readonly Kind[];
  shape: Shape;
  /** Requests a second where a load is 1. */
  base: number;
  algorithm?: Algorithm;
  seed?: number;
}

/** The same CPU use by a tenth of the requests, each ten times as expensive. */
export function smaller(model: Model): Model {
  const kinds = model.kinds.map((kind) => ({
    ...kind,
    cpu: kind.cpu * 10,
    hashing: kind.hashing * 10,
  }));
  return { ...model, kinds, base: model.base / 10 };
}

/** What clients saw in ten seconds. */
export interface Window {
  /** Seconds since the begin. */
  at: number;
  /** Requests a second. */
  rate: number;
  /** Share of requests that were not answered, or with 503 or 429. */
  failed: number;
  /** 99th percentile of the latency of what hashes no password, in seconds. */
  p99: number;
  /** Instances that get requests. */
  instances: number;
}

export interface Run {
  windows: Window[];
  requests: number;
  /** Requests turned away by the API, and given up by clients. */
  shed: number;
  timeouts: number;
  /** Hours that instances have run. */
  hours: number;
  /** What changed, to a second: instances that the group wants, and those that get requests. */
  changes: { at: number; what: "wanted" | "serving"; instances: number }[];
}

/** Simulates one load on one group, request by request. */
export function simulate(model: Model, load: Load, settings: Settings): Run {
  const random = new Random(model.seed ?? 1);
  const clock = new Clock();
  const balancer = new Balancer(clock, random, model.algorithm);
  const { measured, shape } = model;
  const group = new Group({ clock, balancer, measured, shape, ...settings });
  const run: Run = { windows: [], requests: 0, shed: 0, timeouts: 0, hours: 0, changes: [] };
  if (load.zoneLost !== undefined) clock.at(load.zoneLost, () => group.lose(0));
  watch(clock, group, run, settings.policies);
  for (let start = 0; start < load.length; start += BUCKET) {
    const latencies = new Histogram();
    const before = run.shed + run.timeouts;
    const requests = run.requests;
    for (let second = start; second < start + BUCKET; second++)
      arrive(second, model.base * load.rate(second), {
        model,
        clock,
        balancer,
        random,
        run,
        latencies,
      });
    const all = run.requests - requests;
    const failed = run.shed + run.timeouts - before;
    run.windows.push({
      at: start,
      rate: all / BUCKET,
      failed: all > 0 ? failed / all : 0,
      p99: latencies.quantile(0.99),
      instances: balancer.size,
    });
  }
  run.hours = group.hours;
  return run;
}

interface Arriving {
  model: Model;
  clock: Clock;
  balancer: Balancer;
  random: Random;
  run: Run;
  latencies: Histogram;
}

/** The requests and events of one second. */
function arrive(second: number, rate: number, to: Arriving): void {
  const { model, clock, balancer, random, run, latencies } = to;
  const [first] = model.kinds;
  if (!first) throw new Error("There is no kind of request.");
  const serving = balancer.size;
  let at = second + random.exponential(1 / rate);
  for (; at < second + 1; at += random.exponential(1 / rate)) {
    clock.run(at);
    run.requests++;
    const kind = pick(model.kinds, random) ?? first;
    const outcome = balancer.choose(at)?.serve(at, kind, random, AWS.hang);
    if (!outcome || outcome.failure === "timeout") run.timeouts++;
    else if (outcome.failure) run.shed++;
    if (outcome && outcome.failure !== "shed" && kind.hashing === 0) latencies.add(outcome.latency);
  }
  clock.run(second + 1);
  const { size: instances } = balancer;
  if (instances !== serving) run.changes.push({ at: second + 1, what: "serving", instances });
}

function pick(kinds: readonly Kind[], random: Random): Kind | undefined {
  let dice = random.uniform();
  return kinds.find(({ share }) => {
    dice -= share;
    return dice < 0;
  });
}

/** Evaluates the policies periodically; the largest capacity wins, as on AWS. */
function watch(clock: Clock, group: Group, run: Run, policies: readonly Policy[]): void {
  const metric: View["metric"] = (name, from, to) => {
    if (name === "cpu") return group.cpu(from, to);
    const windows = run.windows.slice(Math.round(from / BUCKET), Math.round(to / BUCKET));
    const perTarget = windows.map(({ rate, instances }) => rate / Math.max(1, instances));
    return (60 * perTarget.reduce((sum, each) => sum + each, 0)) / Math.max(1, windows.length);
  };
  for (const period of new Set(policies.map((policy) => policy.period))) {
    clock.every(period, () => {
      const { now } = clock;
      const { warm: capacity, desired, warming } = group;
      const view = { metric, now, capacity, desired, warming };
      const wants = policies.map((policy) => policy.wanted(view));
      const most = Math.max(...wants.map((wanted) => wanted ?? 0));
      const agreed = policies.every(({ shrinks }, i) => !shrinks || wants[i] !== undefined);
      if (most > desired || (most > 0 && agreed && most < desired)) group.resize(most);
      if (group.desired !== desired)
        run.changes.push({ at: now, what: "wanted", instances: group.desired });
      return true;
    });
  }
}
