import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readMeasured } from "../../common/measured.ts";
import { fill } from "../docs.ts";
import { Clock } from "../simulation/clock.ts";
import { Instance } from "../simulation/instance.ts";
import { LOADS } from "../simulation/loads.ts";
import { cpuOf, everyday, type Kind, VISITS } from "../simulation/mix.ts";
import { forecast, steps, targetTracking, type View } from "../simulation/policies.ts";
import { Random } from "../simulation/random.ts";
import { simulate } from "../simulation/run.ts";
import { Station } from "../simulation/station.ts";

/** The mean time that jobs wait, in services of 1 s, at some use of the servers. */
function meanWait(servers: number, use: number, service: (random: Random) => number): number {
  const random = new Random(7);
  const station = new Station(servers);
  const jobs = 1_000_000;
  let now = 0;
  let waited = 0;
  for (let i = 0; i < jobs; i++) {
    now += random.exponential(1 / (use * servers));
    waited += station.wait(now);
    station.take(now, service(random));
  }
  return waited / jobs;
}

/** The mean wait of M/M/c, by Erlang's formula C. */
function erlangC(servers: number, use: number): number {
  const load = servers * use;
  let term = 1;
  let sum = 1;
  for (let k = 1; k < servers; k++) sum += term *= load / k;
  const last = (term * load) / servers / (1 - use);
  return last / (sum + last) / (servers * (1 - use));
}

const memoryless = (random: Random) => random.exponential(1);

test.each([
  ["M/M/1 at 50 %", 1, 0.5, memoryless, 1],
  ["M/M/1 at 80 %", 1, 0.8, memoryless, 4],
  ["M/M/4 at 80 %", 4, 0.8, memoryless, erlangC(4, 0.8)],
  ["M/M/16 at 90 %", 16, 0.9, memoryless, erlangC(16, 0.9)],
  ["M/D/1 at 80 %", 1, 0.8, () => 1, 2],
] as const)(
  "a station's jobs wait as long as queueing theory says: %s",
  (_, servers, use, service, wait) => {
    expect(meanWait(servers, use, service) / wait).toBeCloseTo(1, 1);
  },
);

test("Erlang's formula is that of M/M/1 for one server", () => {
  expect(erlangC(1, 0.8)).toBeCloseTo(4);
});

test("a station knows who waits and who is served", () => {
  const station = new Station(2);
  expect([station.take(0, 2), station.take(0, 3), station.take(0, 1)]).toEqual([2, 3, 3]);
  expect([station.busy(0), station.waiting(0), station.wait(0)]).toEqual([2, 1, 3]);
  expect([station.busy(2.5), station.waiting(2.5)]).toEqual([2, 0]);
  expect([station.busy(3), station.wait(3)]).toEqual([0, 0]);
});

test("a clock lets things happen in their order, and repeats what is to be repeated", () => {
  const clock = new Clock();
  const seen: string[] = [];
  clock.at(2, () => seen.push("second"));
  clock.at(1, () => clock.after(1, () => seen.push("third")));
  let times = 0;
  clock.every(10, () => ++times < 3);
  clock.run(100);
  expect(seen).toEqual(["second", "third"]);
  expect([times, clock.now]).toEqual([3, 100]);
});

test("equal seeds give equal runs, others do not", () => {
  const run = (seed: number) => {
    const load = { ...LOADS.doubles, length: 60 };
    return simulate({ ...model, seed }, load, { min: 2, max: 2, policies: [] });
  };
  expect(run(3)).toEqual(run(3));
  expect(run(3)).not.toEqual(run(4));
});

const measured = readMeasured();
const kinds = everyday(measured);
const model = { measured, kinds, shape: { vcpus: 2 }, base: 100 };

test("an instance does no more work than its vCPUs can, and turns the rest away", () => {
  const random = new Random(1);
  const instance = new Instance({ vcpus: 2 });
  const kind: Kind = { share: 1, cpu: 0.002, hashing: 0, calls: 1 };
  let shed = 0;
  let now = 0;
  // Three times as much as 2 vCPUs can.
  for (; now < 60; now += random.exponential(1 / 3000))
    if (instance.serve(now, kind, random, 60).failure === "shed") shed++;
  expect(instance.utilisation(1, 5)).toBeGreaterThan(0.95);
  expect(instance.used.slice(1, 5).every((seconds) => seconds <= 20.5)).toBe(true);
  expect(shed / (3000 * 60)).toBeGreaterThan(0.5);
});

test("passwords beyond the queue are turned away, and reads are answered meanwhile", () => {
  const random = new Random(1);
  const instance = new Instance({ vcpus: 2 });
  const hash: Kind = { share: 1, cpu: 1e-4, hashing: 0.04, calls: 1 };
  const read: Kind = { share: 1, cpu: 1e-4, hashing: 0, calls: 1 };
  const outcomes = { hash: 0, read: 0 };
  for (let now = 0; now < 20; now += 0.005) {
    if (instance.serve(now, hash, random, 60).failure) outcomes.hash++;
    if (instance.serve(now, read, random, 60).failure) outcomes.read++;
  }
  expect(outcomes.hash).toBeGreaterThan(2000);
  expect(outcomes.read).toBe(0);
});

test("a dead instance gets nothing more after two checks, and is replaced in the other zone", () => {
  const load = { ...LOADS.zone, length: 1500 };
  const run = simulate(model, load, { min: 2, max: 2, policies: [] });
  const changes = run.changes.filter(({ at }) => at >= load.zoneLost);
  expect(changes.map(({ instances }) => instances)).toEqual([1, 2]);
  const [out, back] = changes.map(({ at }) => at - load.zoneLost);
  expect(out).toBeGreaterThanOrEqual(7);
  expect(out).toBeLessThanOrEqual(13);
  expect(back).toBeLessThan(90);
  // Least outstanding requests: one that answers nothing is soon sent nothing.
  expect(run.timeouts).toBeLessThan(50);
});

const view = (values: number[], more: Partial<View> = {}): View => ({
  now: 60 * (values.length + 1),
  capacity: 2,
  desired: 2,
  warming: false,
  metric: (_, from) => values[Math.round(from / 60)] as number,
  ...more,
});

test("target tracking grows after three datapoints, in proportion, and shrinks after fifteen", () => {
  const { wanted } = targetTracking("cpu", 0.6);
  expect(wanted(view([0.3, 0.9, 0.9]))).toBeUndefined();
  expect(wanted(view([0.3, 0.9, 0.9, 0.9]))).toBe(3);
  expect(wanted(view(Array(14).fill(0.2)))).toBeUndefined();
  expect(wanted(view(Array(15).fill(0.2)))).toBe(1);
  expect(wanted(view(Array(15).fill(0.2), { warming: true }))).toBeUndefined();
  // Not more than a tenth below.
  expect(wanted(view(Array(15).fill(0.55)))).toBeUndefined();
});

test("a step acts on one datapoint, a forecast ahead of its hour", () => {
  const { wanted } = steps("cpu", [
    { above: 0.7, add: 0.5 },
    { above: 0.85, add: 2 },
  ]);
  expect(wanted(view([0.3, 0.6]))).toBeUndefined();
  expect(wanted(view([0.3, 0.75]))).toBe(3);
  expect(wanted(view([0.3, 0.99]))).toBe(6);
  const hourly = forecast((time) => (time >= 7200 ? 5.5 : 2));
  expect(hourly.wanted(view([], { now: 3600 - 240 }))).toBe(6);
  expect(hourly.wanted(view([], { now: 1800 }))).toBe(2);
});

test("the mix is that of load/lib/visits.ts", () => {
  const visits = readFileSync(new URL("../../../load/lib/visits.ts", import.meta.url), "utf8");
  const weights = [
    ...(/everyday: Mix = \[([\s\S]*?)\n\];/.exec(visits)?.[1]?.matchAll(/\[(\d+), (\w+)\]/g) ?? []),
  ];
  expect(Object.fromEntries(weights.map(([, weight, name]) => [name, Number(weight)]))).toEqual(
    Object.fromEntries(Object.entries(VISITS).map(([name, { weight }]) => [name, weight])),
  );
  expect(kinds.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  expect(cpuOf(kinds)).toBeGreaterThan(0);
});

test("docs/scale.md has a place for each table that the command prints", () => {
  const page = readFileSync(new URL("../../../docs/scale.md", import.meta.url), "utf8");
  const titles = Object.values(LOADS).map(({ name }) => `Load: ${name}`);
  const wanted = ["Inputs", "Checks", "Growth", "Prices", "Sums", ...titles].sort();
  expect(fill(page, [], "simulate").left.sort()).toEqual(wanted);
});

test("numbers that are no longer where the pages had them are an error", () => {
  expect(() => readMeasured(undefined, "nothing")).toThrow("No boot in docs/boot-rehearsal.md.");
  expect(() => readMeasured("nothing")).toThrow("No hashing in the docs");
});
