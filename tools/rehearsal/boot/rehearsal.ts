import { present, same } from "../checks/expect.ts";
import { Gate } from "../deploy/rights/gate.ts";
import { readInstances } from "../deploy/rights/roles.ts";
import { Balancer } from "./balancer.ts";
import { startDatabase } from "./database.ts";
import { rehearseLife } from "./life.ts";
import { type LaunchOptions, Machine } from "./machine.ts";
import { rehearsePrograms } from "./programs.ts";
import { type QuotesBackend, startQuotes } from "./quotes.ts";
import { Report } from "./report.ts";
import { folder, type Session } from "./session.ts";
import { type DeployedStage, deployStage } from "./stage.ts";
import type { Tools } from "./tools.ts";

/** Port of the gateway where machines find DynamoDB. */
const DATABASE_PORT = 8000;

// #region quotes
/** Path on machines of the certificate authority that replaces Amazon's. */
const AUTHORITY = "/etc/ssl/rehearsal.pem";
// #endregion quotes

/** @param only names of programs; all when it is empty */
export async function rehearseAlone(session: Session, only: readonly string[]): Promise<void> {
  const { steps, processes } = session;
  const tools = await session.takeTools();
  await rehearsePrograms({
    ...{ steps, processes, tools, folder },
    ...(only.length > 0 && { only }),
  });
}

/**
 * Rehearses the app's own stage.
 *
 * @param outageSeconds for how long DynamoDB is away
 */
export async function rehearse(
  session: Session,
  reportFolder: string,
  outageSeconds: number,
): Promise<void> {
  const began = performance.now();
  const { steps, processes, undo, interrupted } = session;
  const tools = await session.takeTools();
  const stage = await deployStage(steps, processes);
  const database = await steps.run("DynamoDB with the stage's tables", () =>
    startDatabase(stage.cloud, stage.links),
  );
  undo.defer(() => database.stop());
  const group = present(stage.after.group.AutoScalingGroupName, "the group's name");
  // #region quotes
  const quotes = await steps.run("Postgres, and a stand-in of CoinMarketCap", () =>
    startQuotes(stage.cloud, stage.postgres, group),
  );
  undo.defer(() => quotes.stop());
  // #endregion quotes
  const fleets = [
    stage.after,
    stage.collector, // drop: quotes
  ];
  const gate = await Gate.start(await readInstances(stage.cloud, fleets));
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
    interrupted,
    launch: (name, userData, zone) =>
      launch(tools, stage, {
        ...{ name, userData, zone, group },
        quotes, // drop: quotes
        port: present(stage.after.targetGroup.Port, "the target group's port"),
        forwards: { [DATABASE_PORT]: database.port },
        // The rehearsal's tables are in an engine that bears load; everything else is in the
        // emulator.
        environment: (gateway) => ({
          AWS_ENDPOINT_URL_DYNAMODB: `http://${gateway}:${DATABASE_PORT}`,
        }),
      }),
    // #region quotes
    quotes: {
      backend: quotes,
      launch: (name) => launchCollector(tools, stage, quotes, name),
    },
    // #endregion quotes
  });
  same(gate.refused, [], "calls of instances that their roles do not allow");
  steps.note(`${gate.evaluated} calls of instances were judged as they came`);
  const file = await report.write(reportFolder);
  steps.note(`${Math.round((performance.now() - began) / 1000)} s in all; the report is ${file}`);
}

interface Launch extends Omit<LaunchOptions, "endpoint" | "folder"> {
  quotes: QuotesBackend; // drop: quotes
}

/** Powers a machine on and adds it to its group. */
async function launch(tools: Tools, stage: DeployedStage, options: Launch): Promise<Machine> {
  const machine = await Machine.launch(tools, {
    ...options,
    ...withDatabase(options), // drop: quotes
    endpoint: stage.endpoint,
    folder,
  });
  await introduceDatabase(tools, stage, machine, options); // drop: quotes
  const attached = { AutoScalingGroupName: options.group, InstanceIds: [machine.id] };
  await stage.cloud.autoScaling.attachInstances(attached);
  return machine;
}

// #region quotes
/** Lets a machine reach the quotes' database. */
function withDatabase({ quotes, forwards, environment }: Launch) {
  return {
    forwards: { ...forwards, ...quotes.way },
    environment: (gateway: string) => ({ ...environment(gateway), DB_CA_FILE: AUTHORITY }),
  };
}

/** Lets a machine find the database by its name in RDS, and trust its certificate. */
async function introduceDatabase(
  tools: Tools,
  { postgres }: DeployedStage,
  machine: Machine,
  { quotes }: Launch,
): Promise<void> {
  const { gateway } = await tools.json<{ gateway: string }>("instance", "addresses");
  // User data has only just started, and the service comes last in it.
  await machine.run(
    `cat >${AUTHORITY} <<'END'\n${quotes.certificate}END\necho '${gateway} ${postgres.host}' >>/etc/hosts`,
  );
}

/** A machine of the collector's, with a made-up market. */
function launchCollector(
  tools: Tools,
  stage: DeployedStage,
  quotes: QuotesBackend,
  name: string,
): Promise<Machine> {
  const { group, userData } = stage.collector;
  return launch(tools, stage, {
    ...{ name, userData, zone: "us-east-1a", port: 3000, forwards: quotes.forwards, quotes },
    group: present(group.AutoScalingGroupName, "the collector's group"),
    environment: (gateway) => quotes.environment(gateway),
  });
}
// #endregion quotes
