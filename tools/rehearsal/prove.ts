/**
 * `npm run prove`: takes a throwaway stage through its life on a real account, and writes a report.
 *
 * Exits with 0; with 1 when a promise does not hold; with 2 for a wrong argument; with 130 after
 * Ctrl-C. The stage is always removed. docs/testing.md says what that proves.
 */
import { execFileSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { findK6 } from "../../load/runner/k6.ts";
import { checkStage, main, parseCommandLine, WrongArgument } from "../common/command-line.ts";
import { type Ending, Processes } from "../common/processes.ts";
import { root } from "../common/root.ts";
import { Steps } from "../common/steps.ts";
import { money } from "../stage/cost/format.ts";
import { examine } from "../stage/doctor/examine.ts";
import { findBootstrap, listStages } from "../stage/doctor/state.ts";
import { leftovers } from "./checks/leftovers.ts";
import { releaseLock, takeLock } from "./deploy/lock.ts";
import { paths } from "./deploy/paths.ts";
import { explainFailure } from "./deploy/sst.ts";
import { PROVING_HOURS, priceOf } from "./prove/price.ts";
import { Report } from "./prove/report.ts";
import { prove, removeStage } from "./prove/story.ts";
import { inAccount, inEmulator, makeThrowaway, type World } from "./prove/world.ts";

const USAGE = `npm run prove -- --stage NAME [options]

Deploys a throwaway stage to a real account, tries it, removes it, and writes a report.

It does the tour, rollouts under load, a rollback, the loss of an instance, and a rotated key. It
costs a few cents.

  --stage NAME    a stage that is not deployed
  --report FILE   where the report goes (default .data/prove/NAME.md)
  --yes           begin without asking
  --emulator      against an emulator on this machine: nothing is paid, and nothing serves
  -h, --help      this text

examples
  npm run prove -- --stage proof --emulator
  npm run prove -- --stage proof`;

interface Arguments {
  stage: string;
  report: string;
  yes: boolean;
  emulator: boolean;
}

/**
 * SST stops gracefully on Ctrl-C: it waits for resources in progress, so that they are in the state
 * and can be removed.
 */
const IN_ORDER: Ending = { signal: "SIGINT", seconds: 1200 };

const steps = new Steps();
const interruption = new AbortController();
const giveUp = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);

await main("prove", USAGE, begin, explainFailure);
if (interruption.signal.aborted) process.exitCode = 130;

/** The first signal ends the proof and removes the stage; another one ends the removal, too. */
function interrupt(): void {
  if (interruption.signal.aborted) {
    giveUp.abort(new Error("interrupted while it cleaned up"));
    return;
  }
  console.error("\nStopping: what was deployed is removed. Once more to leave it.");
  interruption.abort(new Error("interrupted"));
}

function readArguments(args: string[]): Arguments {
  const { values } = parseCommandLine({
    args,
    options: {
      stage: { type: "string" },
      report: { type: "string" },
      yes: { type: "boolean", default: false },
      emulator: { type: "boolean", default: false },
    },
  });
  const { stage, report, yes, emulator } = values;
  if (!stage) throw new WrongArgument("--stage is missing; name a stage that is not deployed");
  checkStage(stage);
  return { stage, report: report ?? join(root, ".data/prove", `${stage}.md`), yes, emulator };
}

async function begin(args: string[]): Promise<number | undefined> {
  const { stage, report: file, yes, emulator } = readArguments(args);
  makeThrowaway(stage);
  const price = money(await priceOf(stage));
  if (!emulator) await checkAccount(stage);
  if (!emulator && !(await agreed(stage, price, yes))) return 0;
  await takeLock();
  const setting = { revision: revision(), began: new Date(), price };
  const report = new Report();
  const processes = new Processes(interruption.signal, IN_ORDER);
  const lasting = new Processes(giveUp.signal);
  try {
    await rm(paths.logs, { recursive: true, force: true });
    await mkdir(paths.logs, { recursive: true });
    const part = { stage, steps, report, processes, interrupted: interruption.signal };
    const world = await (emulator ? inEmulator(part, lasting) : inAccount(part));
    await live(world);
    await mkdir(join(file, ".."), { recursive: true });
    await writeFile(file, report.toMarkdown({ ...world, ...setting, emulated: emulator }));
    console.info(`\nReport: ${file}`);
    return report.failed ? 1 : 0;
  } finally {
    await processes.stopAll();
    await lasting.stopAll();
    await releaseLock();
  }
}

/** The proof, followed by the removal in any case. */
async function live(world: World): Promise<void> {
  const { report } = world;
  const before = await leftovers(world.cloud);
  try {
    await prove(world);
  } catch (error) {
    report.fail(explainFailure(error as Error));
    console.error(explainFailure(error as Error));
  }
  try {
    await removeStage(cleaning(world), before);
  } catch (error) {
    report.fail(explainFailure(error as Error));
    console.error(`${explainFailure(error as Error)}\nnpx sst remove --stage ${world.stage}`);
  }
}

/** The same world with processes that survive the first Ctrl-C. */
function cleaning(world: World): World {
  const processes = new Processes(giveUp.signal, IN_ORDER);
  return { ...world, processes, interrupted: giveUp.signal, sst: world.sst.under(processes) };
}

/** @throws when a deploy would fail, or the stage already exists */
async function checkAccount(stage: string): Promise<void> {
  findK6();
  const said = await examine(stage, () => {});
  const faults = said.filter(({ outcome }) => outcome === "fault");
  if (faults.length > 0)
    throw new Error(
      `${faults.map(({ check, found }) => `${check}: ${found}`).join("; ")}: npm run doctor -- --stage ${stage}`,
    );
  const region = process.env.AWS_REGION || "us-east-1";
  const found = await findBootstrap(region);
  if (found && (await listStages(region, found.state)).includes(stage))
    throw new Error(`stage ${stage} is deployed already; name one that is not`);
}

async function agreed(stage: string, price: string, yes: boolean): Promise<boolean> {
  console.info(
    `Stage ${stage} is deployed, tried and removed, in about an hour. It costs $${price}, ` +
      `${PROVING_HOURS} hours of it at list prices.`,
  );
  if (yes) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question("Begin? [y/N] ", { signal: interruption.signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

function revision(): string {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: root, encoding: "utf8" });
  const changed = git("status", "--porcelain") ? " with changes" : "";
  return git("rev-parse", "--short", "HEAD").trim() + changed;
}
