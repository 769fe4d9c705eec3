/**
 * `npm run rehearse:boot`: boots real systems from the launch template's user data, behind a balancer,
 * and shows that they serve, drain and are replaced without a failed request.
 *
 * Needs Linux, root and the tools in `../shared/boot` or `REHEARSAL_TOOLS`; no account and no
 * network. Ends with 0 when every check held. `docs/testing.md` says what that proves.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { AttachInstancesCommand } from "@aws-sdk/client-auto-scaling";
import { present, same } from "../test/rehearsal/expect.ts";
import { complain, main, parseCommandLine, WrongArgument } from "./command-line.ts";
import { releaseLock, takeLock } from "./rehearse/lock.ts";
import { paths } from "./rehearse/paths.ts";
import { Processes } from "./rehearse/processes.ts";
import { Gate } from "./rehearse/rights/gate.ts";
import { readInstances } from "./rehearse/rights/roles.ts";
import { explainFailure } from "./rehearse/sst.ts";
import { Steps } from "./rehearse/steps.ts";
import { Balancer } from "./rehearse-boot/balancer.ts";
import { startDatabase } from "./rehearse-boot/database.ts";
import { rehearseLife } from "./rehearse-boot/life.ts";
import { type LaunchOptions, Machine } from "./rehearse-boot/machine.ts";
import { rehearsePrograms } from "./rehearse-boot/programs.ts";
import { type QuotesBackend, startQuotes } from "./rehearse-boot/quotes.ts";
import { Report } from "./rehearse-boot/report.ts";
import { type DeployedStage, deployStage } from "./rehearse-boot/stage.ts";
import { findTools, ToolFailed, Tools, whyNot } from "./rehearse-boot/tools.ts";

const NAME = "rehearse:boot";

const USAGE = `npm run rehearse:boot -- [options]

Boots instances from the real user data, replaces them under load, and breaks them.

  --report FOLDER   also write the report there, e.g. --report docs
  --programs        instead programs that know nothing of instances, each replaced under load
  --program NAME    of these only this one; may be given several times
  --long            three minutes without DynamoDB instead of one
  --if-possible     on a machine that cannot boot others say so in one line, and end with 0
  -h, --help        this text

examples
  npm run rehearse:boot -- --report docs`;

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => interruption.abort(new Error(`interrupted by ${signal}`)));
}
const processes = new Processes(interruption.signal);
const steps = new Steps();
/** Clean-up, latest first. */
const undo = new AsyncDisposableStack();
const folder = join(paths.home, "boot");

/** Port of the gateway where machines find DynamoDB. */
const DATABASE_PORT = 8000;

/** Path on machines of the certificate authority that replaces Amazon's. */
const AUTHORITY = "/etc/ssl/rehearsal.pem";

await main(NAME, USAGE, async (args) => {
  const { report, long, ifPossible, programs } = readArguments(args);
  const impossible = whyNot();
  if (impossible) {
    if (!ifPossible) throw new Error(`not possible on this machine: ${impossible}`);
    console.error(`${NAME}: left out on this machine: ${impossible}`);
    return;
  }
  undo.defer(releaseLock);
  undo.defer(() => processes.stopAll());
  const action = programs ? rehearseAlone(programs) : rehearse(report ?? folder, long ? 180 : 60);
  await action.catch(fail);
  // Everything is undone even when some of it fails.
  await undo.disposeAsync().catch(fail);
});

function readArguments(args: string[]) {
  const {
    report,
    long,
    "if-possible": ifPossible,
    programs: all,
    program: only,
  } = parseCommandLine({
    args,
    options: {
      report: { type: "string" },
      long: { type: "boolean", default: false },
      programs: { type: "boolean", default: false },
      program: { type: "string", multiple: true },
      "if-possible": { type: "boolean", default: false },
    },
  }).values;
  if (report === "") throw new WrongArgument("--report is empty; it must be a folder");
  return { report, long, ifPossible, programs: only ?? (all ? [] : undefined) };
}

/** What every rehearsal begins with. */
async function takeTools(): Promise<Tools> {
  const tools = new Tools(present(findTools(), "the tools"), interruption.signal);
  await takeLock();
  await rm(paths.logs, { recursive: true, force: true });
  await mkdir(paths.logs, { recursive: true });
  await mkdir(folder, { recursive: true });
  await steps.run("the tools and their base system", () => tools.run("install.sh"));
  await ownTheTools(tools);
  return tools;
}

/** @param only names of programs; all when it is empty */
async function rehearseAlone(only: readonly string[]): Promise<void> {
  const tools = await takeTools();
  await rehearsePrograms({
    ...{ steps, processes, tools, folder },
    ...(only.length > 0 && { only }),
  });
}

async function rehearse(reportFolder: string, outageSeconds: number): Promise<void> {
  const began = performance.now();
  const tools = await takeTools();
  const stage = await deployStage(steps, processes);
  const database = await steps.run("DynamoDB with the stage's tables", () =>
    startDatabase(stage.cloud, stage.links),
  );
  undo.defer(() => database.stop());
  const group = present(stage.after.group.AutoScalingGroupName, "the group's name");
  const quotes = await steps.run("Postgres, and a stand-in of CoinMarketCap", () =>
    startQuotes(stage.cloud, stage.postgres, group),
  );
  undo.defer(() => quotes.stop());
  const gate = await Gate.start(await readInstances(stage.cloud, [stage.after, stage.collector]));
  undo.defer(() => gate.stop());
  await stage.control(gate.control);
  undo.defer(() => stage.control({ judge: "", judged: [] }));
  const balancer = await Balancer.start(tools, stage.after.targetGroup);
  const report = new Report();
  await rehearseLife({
    steps,
    report,
    stage,
    database,
    balancer,
    gate,
    outageSeconds,
    interrupted: interruption.signal,
    launch: (name, userData, zone) =>
      launch(tools, stage, quotes, {
        ...{ name, userData, zone, group },
        port: present(stage.after.targetGroup.Port, "the target group's port"),
        forwards: { [DATABASE_PORT]: database.port },
        // The rehearsal's tables are in an engine that bears load; everything else is in the
        // emulator.
        environment: (gateway) => ({
          AWS_ENDPOINT_URL_DYNAMODB: `http://${gateway}:${DATABASE_PORT}`,
        }),
      }),
    quotes: {
      backend: quotes,
      launch: (name) => launchCollector(tools, stage, quotes, name),
    },
  });
  same(gate.refused, [], "calls of instances that their roles do not allow");
  steps.note(`${gate.evaluated} calls of instances were judged as they came`);
  const file = await report.write(reportFolder);
  steps.note(`${Math.round((performance.now() - began) / 1000)} s in all; the report is ${file}`);
}

/**
 * Powers a machine on and adds it to its group. It finds the quotes' database by its name in RDS,
 * and trusts its certificate.
 */
async function launch(
  tools: Tools,
  { cloud, endpoint, postgres }: DeployedStage,
  { way, certificate }: QuotesBackend,
  options: Omit<LaunchOptions, "endpoint" | "folder">,
): Promise<Machine> {
  const machine = await Machine.launch(tools, {
    ...options,
    forwards: { ...options.forwards, ...way },
    environment: (gateway) => ({ ...options.environment(gateway), DB_CA_FILE: AUTHORITY }),
    endpoint,
    folder,
  });
  const { gateway } = await tools.json<{ gateway: string }>("instance", "addresses");
  // User data has only just started, and the service comes last in it.
  await machine.run(
    `cat >${AUTHORITY} <<'END'\n${certificate}END\necho '${gateway} ${postgres.host}' >>/etc/hosts`,
  );
  const attached = { AutoScalingGroupName: options.group, InstanceIds: [machine.id] };
  await cloud.autoScaling.send(new AttachInstancesCommand(attached));
  return machine;
}

/** A machine of the collector's, with a made-up market. */
function launchCollector(
  tools: Tools,
  stage: DeployedStage,
  quotes: QuotesBackend,
  name: string,
): Promise<Machine> {
  const { group, userData } = stage.collector;
  return launch(tools, stage, quotes, {
    ...{ name, userData, zone: "us-east-1a", port: 3000, forwards: quotes.forwards },
    group: present(group.AutoScalingGroupName, "the collector's group"),
    environment: (gateway) => quotes.environment(gateway),
  });
}

/** Refuses to run beside somebody else's machines, because clean-up removes all of them. */
async function ownTheTools(tools: Tools): Promise<void> {
  const others = await tools.json<{ name: string }[]>("instance", "list");
  if (others.length > 0) {
    throw new Error(
      `machines of another rehearsal are there (${others.map(({ name }) => name).join(", ")}); ` +
        `when none is running, ${tools.folder}/instance rm --all and balancer stop remove them`,
    );
  }
  undo.defer(async () => {
    await tools.undisturbed.run("balancer", ["stop"]);
    await tools.undisturbed.run("instance", ["rm", "--all"]);
  });
}

/** Prints one line about what went wrong and where to look. */
function fail(error: unknown): void {
  process.exitCode = interruption.signal.aborted ? 130 : 1;
  complain(NAME, error, (known) => `${explainFailure(known)}; the logs are in ${paths.logs}`);
  if (error instanceof ToolFailed)
    console.error(error.output.trim().split("\n").slice(-15).join("\n"));
}
