import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { AutoScaling } from "@aws-sdk/client-auto-scaling";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import getPort from "get-port";
import { root } from "../../tools/common/root.ts";
import { isLocal, type RunArguments } from "./arguments.ts";
import { drawChart } from "./chart.ts";
import { checkCloud } from "./cloud.ts";
import { findingOf } from "./findings.ts";
import { measureHashing } from "./hashing.ts";
import { identityOf, RUN_FILE } from "./identity.ts";
import { BROKEN, findK6, k6Version, runK6, withoutOptions } from "./k6.ts";
import { type FinishedRun, factsOf, titleOf, toMarkdown } from "./markdown.ts";
import { reports, scenarioFile } from "./paths.ts";
import { complete } from "./report.ts";
import { readSummary, verdicts } from "./summary.ts";
import { localUrl, mustAnswer, urlOfStage } from "./target.ts";
import { watchAws } from "./watch/aws.ts";
import { watchLocal } from "./watch/local.ts";
import { type Recording, record } from "./watch/recorder.ts";
import { setupDone } from "./watch/requests.ts";
import type { Watcher } from "./watch/watcher.ts";

const APP = "steadfast";
/** `sst deploy`'s default without `AWS_REGION`; see `infra/program/region.ts`. */
const DEFAULT_REGION = "us-east-1";

export interface RunResult {
  /** k6's exit code. */
  code: number;
  /** The report's folder; undefined for a cloud run, or if nothing ran. */
  folder?: string;
}

/**
 * Runs a scenario and writes its report.
 *
 * @throws one line when it cannot start
 */
export async function run(args: RunArguments): Promise<RunResult> {
  const k6 = findK6();
  const version = k6Version(k6);
  if (args.cloud) await checkCloud();
  const url = args.stage ? await urlOfStage(args.stage) : (args.url ?? localUrl());
  if (args.cloud === "remote") {
    const command = ["cloud", "run", ...variables(args, url), scenarioFile(args.scenario)];
    return { code: await runK6(k6, command, withoutOptions(process.env)) };
  }
  await mustAnswer(url);
  return runHere(k6, version, args, url);
}

async function runHere(
  k6: string,
  version: string,
  args: RunArguments,
  url: string,
): Promise<RunResult> {
  const started = new Date();
  const folder = join(reports, `${timestamp(started)}-${args.scenario}`);
  await mkdir(folder, { recursive: true });
  const hashing = isLocal(url) ? await measureHashing() : undefined;
  const address = `127.0.0.1:${await getPort({ host: "127.0.0.1" })}`;
  const watcher = await watcherFor(args, url);
  const stop = watcher && record(address, watcher);
  let code: number;
  let recording: Recording | undefined;
  try {
    const env = { ...withoutOptions(process.env), ...outputs(folder, args) };
    code = await runK6(
      k6,
      [
        ...command(args),
        "--address",
        address,
        ...variables(args, url),
        scenarioFile(args.scenario),
      ],
      env,
      () => setupDone(address),
    );
  } finally {
    recording = stop?.();
  }
  const report = await writeReport(folder, {
    scenario: args.scenario,
    url,
    ...(args.stage && { stage: args.stage }),
    parameters: parametersOf(args),
    started,
    k6: version,
    code,
    ...(recording && { recording }),
    ...(hashing && { hashing }),
  });
  if (!report) return { code };
  return { code: code === 0 && !report.kept ? BROKEN : code, folder };
}

function command({ cloud }: RunArguments): string[] {
  return cloud === "local" ? ["cloud", "run", "--local-execution"] : ["run"];
}

/** Variables for the scenario; a cloud run uploads them, too. */
export function variables(args: RunArguments, url: string, env = process.env): string[] {
  const values = {
    BASE_URL: url,
    STAGE: args.stage,
    ALLOW_PROD: args.allowProd ? "true" : undefined,
    LOAD_VUS: args.vus,
    LOAD_RATE: args.rate,
    LOAD_DURATION: args.duration,
    LOAD_SLACK: args.slack,
    LOAD_ZONES: args.zones,
    K6_CLOUD_PROJECT_ID: args.cloud && env.K6_CLOUD_PROJECT_ID,
  };
  return Object.entries(values).flatMap(([name, value]) =>
    value ? ["-e", `${name}=${value}`] : [],
  );
}

/** What was asked for besides the scenario and its target. */
function parametersOf({ vus, rate, duration, slack, cloud }: RunArguments): Record<string, string> {
  const given = Object.entries({ vus, rate, duration, slack, cloud });
  return Object.fromEntries(given.flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

/** Files of k6's own report and summary, and whether its dashboard is served. */
function outputs(folder: string, { open }: RunArguments): Record<string, string> {
  return {
    K6_SUMMARY_EXPORT: join(folder, "summary.json"),
    K6_WEB_DASHBOARD: "true",
    K6_WEB_DASHBOARD_EXPORT: join(folder, "report.html"),
    // Short runs need several points, too.
    K6_WEB_DASHBOARD_PERIOD: "2s",
    // -1: not served.
    K6_WEB_DASHBOARD_PORT: open ? "0" : "-1",
    K6_WEB_DASHBOARD_OPEN: String(open),
  };
}

/** Watches the stage's group; for a stage in `sst dev`, the local process. */
async function watcherFor({ stage }: RunArguments, url: string): Promise<Watcher | undefined> {
  const group = stage && (await watchStage(stage));
  if (group) return group;
  return isLocal(url) ? watchLocal(url) : undefined;
}

async function watchStage(stage: string): Promise<Watcher | undefined> {
  const region = process.env.AWS_REGION || DEFAULT_REGION;
  const account = {
    autoScaling: new AutoScaling({ region }),
    balancing: new ElasticLoadBalancingV2({ region }),
    cloudWatch: new CloudWatch({ region }),
  };
  try {
    return await watchAws(account, APP, stage);
  } catch (error) {
    console.error(`The group is not watched: ${(error as Error).message}`);
    return undefined;
  }
}

/** @returns whether all promises were kept; undefined without anything to report */
async function writeReport(
  folder: string,
  run: Omit<FinishedRun, "summary">,
): Promise<{ kept: boolean } | undefined> {
  const summary = await readSummary(join(folder, "summary.json")).catch(() => undefined);
  // Nothing ran, and k6 has said why: a report would only list untested promises.
  if (!summary?.metrics.iterations) {
    await rm(folder, { recursive: true });
    return undefined;
  }
  const finished = { ...run, summary };
  const title = titleOf(finished);
  const finding = findingOf(run.scenario, summary);
  const chart = run.recording ? drawChart(run.recording) : "";
  await writeFile(join(folder, "summary.md"), toMarkdown(finished));
  await writeFile(join(folder, RUN_FILE), `${JSON.stringify(identityOf(finished))}\n`);
  if (run.recording) {
    await writeFile(join(folder, "watch.svg"), chart);
    await writeFile(join(folder, "watch.json"), `${JSON.stringify(run.recording)}\n`);
  }
  const file = join(folder, "report.html");
  const html = await readFile(file, "utf8").catch(() => undefined);
  if (html)
    await writeFile(
      file,
      complete(html, { title, finding, facts: factsOf(finished), summary, chart }),
    );
  console.info(`\nReport: ${relative(root, folder)}/ (report.html, summary.md, summary.json)`);
  // The verdict comes last, where people look.
  console.info(`${finding ? `${finding}\n` : ""}${title}`);
  return { kept: verdicts(summary).every(({ kept }) => kept) };
}

/** A sortable timestamp that is a valid folder name everywhere: `2026-01-31T12-00-00`. */
function timestamp(date: Date): string {
  return date.toISOString().slice(0, 19).replaceAll(":", "-");
}
