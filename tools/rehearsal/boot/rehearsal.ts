/** A boot rehearsal: of the app's stage, or of programs by themselves. */
import { AttachInstancesCommand } from "@aws-sdk/client-auto-scaling";
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

/** Path on machines of the certificate authority that replaces Amazon's. */
const AUTHORITY = "/etc/ssl/rehearsal.pem";

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
    interrupted,
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
