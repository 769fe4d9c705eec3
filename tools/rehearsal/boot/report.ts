import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import { chart } from "./chart.ts";
import type { Replacement } from "./checks/replacement.ts";

/** File of the chart, beside the report or in its folder `images`. */
const CHART = "boot-rehearsal.svg";

/** By which `npm run drop` knows the rows of a part of the app. */
const MARKS: [check: RegExp, mark: string][] = [
  [/quotes/, " <!-- drop: quotes -->"], // drop: quotes
];

interface Check {
  check: string;
  seconds: number;
  found: string;
}

/** The findings of a run, for people. */
export class Report {
  replacement: Replacement | undefined;
  /** Rows of the table of checks. */
  readonly #checks: Check[] = [];
  /** How long the first instances took to start. */
  readonly starts: string[] = [];
  /** Console output of the broken versions. */
  readonly reasons: string[] = [];

  check(check: string, seconds: number, found: string): void {
    this.#checks.push({ check, seconds, found });
  }

  /** Writes `boot-rehearsal.md` and `images/boot-rehearsal.svg` into a folder. */
  async write(folder: string): Promise<string> {
    await mkdir(join(folder, "images"), { recursive: true });
    const file = join(folder, "boot-rehearsal.md");
    if (this.replacement) {
      const { samples, moments } = this.replacement;
      await writeFile(join(folder, "images", CHART), chart(samples, moments));
    }
    await writeFile(file, this.#markdown());
    return file;
  }

  #markdown(): string {
    const [{ model } = { model: "unknown" }] = cpus();
    return `# The boot rehearsal: a run

For anyone who wants to see instances boot, get replaced and survive faults. Written by
\`npm run rehearse:boot -- --report docs\`, which boots them from the launch template's own user data, see
[testing](testing.md). This run was on ${availableParallelism()} processors
(${model}) with a load average of ${loadavg()[0]?.toFixed(1)} at its end; on them were the instances,
the balancer, the emulators and the load at once.

| Check | Seconds | Found |
|---|---|---|
${this.#checks.map(row).join("\n")}

${this.#replacement()}
## From power-on to ready

What the instances wrote on their consoles:

\`\`\`
${this.starts.join("\n")}
\`\`\`

## What broken versions say

One line each on the console; none of them was sent a request.

\`\`\`
${this.reasons.join("\n")}
\`\`\`
`;
  }

  #replacement(): string {
    if (!this.replacement) return "";
    const { before, booting, draining, departures, acknowledged } = this.replacement;
    const period = (what: string, { requests, failed, p50, p99, max }: typeof before) =>
      `| ${what} | ${requests} | ${failed} | ${p50} ms | ${p99} ms | ${max} ms |`;
    const drains = departures
      .map(
        ({ servedSeconds, drain, unit, seconds }) =>
          `served on for ${servedSeconds.toFixed(1)} s of a drain of ${drain} s, ended and completed its hook ` +
          `${seconds.toFixed(1)} s after the group's decision (killed after ${unit} s)`,
      )
      .map((line) => `- ${line}`);
    return `## A new version under load

![Requests and errors through the replacement](images/${CHART})

| | Requests | Failed | p50 | p99 | Slowest |
|---|---|---|---|---|---|
${period("before", before)}
${period("while new instances boot", booting)}
${period("while old instances drain", draining)}

While they boot, the new instances take the processors that the others serve with; on EC2 they bring
their own.

${acknowledged} writes were acknowledged; the tables hold exactly what they say. The old instances,
each:

${drains.join("\n")}

`;
  }
}

function row({ check, seconds, found }: Check): string {
  const mark = MARKS.find(([checks]) => checks.test(check))?.[1] ?? "";
  return `| ${check} | ${seconds.toFixed(1)} | ${cell(found)}${mark} |`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
