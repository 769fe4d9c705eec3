/** What `npm run simulate` prints and draws. */
import { timeChart } from "../../common/chart.ts";
import { type Section, short, table } from "../tables.ts";
import type { Check } from "./checks.ts";
import { API, AWS } from "./facts.ts";
import type { Load } from "./loads.ts";
import { cpuOf } from "./mix.ts";
import type { Model } from "./run.ts";
import { capacityOf, FELT, type Result } from "./study.ts";

/** What goes into the model. */
export function inputs(model: Model): Section {
  const { measured, kinds, base } = model;
  const rows = [
    [
      "CPU time of an everyday request, of which hashing",
      microseconds(cpuOf(kinds)),
      "`npm run bench`",
    ],
    ["of one that hashes nothing", microseconds(lightOf(model)), "the same"],
    [
      "what an instance of 2 vCPUs serves at 100 %",
      `${short(capacityOf(model))}/s`,
      "2 / the first",
    ],
    ["requests before it begins: 35 % of two", `${short(base)}/s`, "0.35 × 2 × the third"],
    ["from power-on to ready", `${measured.boot.toFixed(1)} s`, "`npm run rehearse:boot`"],
    [
      "EC2's own part of a launch",
      `${AWS.launch} s`,
      "measured by [others](https://github.com/brevdev/ec2-coldboot-research)",
    ],
    [
      "from a warm pool to serving",
      `${AWS.warmStart} s`,
      "[AWS](https://aws.amazon.com/blogs/compute/scaling-your-applications-faster-with-ec2-auto-scaling-warm-pools/)",
    ],
    [
      "datapoints before a group grows and shrinks",
      `${AWS.growAfter} and ${AWS.shrinkAfter}`,
      "[AWS](https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html)",
    ],
    ["until a datapoint is there and looked at", `${AWS.metricDelay.detailed} s`, "assumption"],
    ["until a group replaces what its balancer finds dead", `${AWS.replaceAfter} s`, "assumption"],
  ];
  return { title: "Inputs", text: table(["", "Value", "From"], rows) };
}

/** How all settings did under a load. */
export function outcome(load: Load, results: readonly Result[]): Section {
  const head = ["Settings", "Failed", "% of all", "felt, s", "worst p99, ms", "grew after, s"];
  const rows = results.map((result) => {
    const failed = result.shed + result.timeouts;
    return [
      result.settings,
      failed,
      short((100 * failed) / result.requests),
      result.felt,
      short(result.worst * 1000),
      result.grown ?? "–",
      result.most,
      result.hours.toFixed(1),
    ];
  });
  return { title: `Load: ${load.name}`, text: table([...head, "most", "instance-hours"], rows) };
}

/** The model beside what is known. */
export function checked(checks: readonly Check[]): Section {
  const rows = checks.map(({ what, model, reference, source }) => [what, model, reference, source]);
  return { title: "Checks", text: table(["", "Model", "Reference", "Source"], rows) };
}

/** What clients felt over time with some of the settings. */
export function draw(load: Load, results: readonly Result[], names: readonly string[]): string {
  const drawn = results.filter(({ settings }) => names.includes(settings));
  const series = (value: (window: Result["windows"][number]) => number) =>
    drawn.map(({ settings, windows }) => ({
      label: settings,
      points: windows.map((window) => ({ at: window.at / 60, value: value(window) })),
    }));
  return timeChart({
    title: `Requests: ${load.name}`,
    unit: "min",
    panels: [
      {
        title: "Requests, /s",
        series: [{ label: "asked", points: series(({ rate }) => rate)[0]?.points ?? [] }],
      },
      { title: "Failed, %", series: series(({ failed }) => failed * 100) },
      { title: "p99, ms", series: series(({ p99 }) => p99 * 1000) },
      { title: "Instances", series: series(({ instances }) => instances) },
    ],
  });
}

/** What the tables mean. */
export const LEGEND = `Failed: turned away by the API with 503 or 429, or given up by the client after ${API.patience} s. Felt: time in which the p99 of what hashes no password was over ${FELT.p99 * 1000} ms, or more than ${FELT.failed * 100} % failed.`;

function lightOf({ kinds }: Model): number {
  const light = kinds.filter(({ hashing }) => hashing === 0);
  return cpuOf(light) / light.reduce((sum, { share }) => sum + share, 0);
}

function microseconds(seconds: number): string {
  return `${short(seconds * 1e6)} µs`;
}
