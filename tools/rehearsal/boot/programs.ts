/** Boots unmodified programs, and replaces each under load. */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type Archive, renderUserData } from "sst-ec2/archive";
import type { Processes } from "../../common/processes.ts";
import type { Steps } from "../../common/steps.ts";
import { connect } from "../checks/cloud.ts";
import { same } from "../checks/expect.ts";
import { installEmulator, startEmulator } from "../deploy/emulator.ts";
import { paths } from "../deploy/paths.ts";
import { REGION } from "../deploy/sst.ts";
import { Balancer } from "./balancer.ts";
import { PlainLoad } from "./load/plain-load.ts";
import { Machine } from "./machine.ts";
import { type BuiltProgram, buildPrograms } from "./program-builds.ts";
import type { Tools } from "./tools.ts";

/** Requests a second, unless a program says otherwise. */
const RATE = 100;

/** Seconds that an old machine serves on: longer than the balancer takes to notice. */
const DRAIN = 12;

const BUCKET = "programs";
const PARAMETER = "/programs/links";
/** A secret that every program must get and nothing else may show. */
const SECRET = randomUUID();

/** The health check that a service has by default. */
const TARGET_GROUP = {
  HealthCheckPath: "/",
  HealthCheckIntervalSeconds: 5,
  HealthCheckTimeoutSeconds: 2,
  HealthyThresholdCount: 2,
  UnhealthyThresholdCount: 2,
};

/** Text that bash, Python or systemd would misread without quoting. */
const VARIABLES = {
  LINES: "two\nlines\n\nEOF\n",
  MARKS: "q\"'`\\ \\n",
  SIGNS: "100% %n $HOME $(id) # ; lead",
  SPACES: " leading\tand trailing ",
  UNICODE: "ümlaut 日本 😀",
  EMPTY: "",
  LONG: "x".repeat(3500),
};

interface Rehearsal {
  steps: Steps;
  processes: Processes;
  tools: Tools;
  /** For user data's files. */
  folder: string;
  /** Names of the programs. @default all */
  only?: readonly string[];
}

/** For each program: one machine boots, and another takes its place under load. */
export async function rehearsePrograms(rehearsal: Rehearsal): Promise<void> {
  const { steps, processes, tools } = rehearsal;
  await steps.run("the emulator", async () => installEmulator(processes));
  const { endpoint } = await startEmulator(processes, { files: paths });
  const cloud = connect(endpoint, REGION);
  await cloud.s3.createBucket({ Bucket: BUCKET });
  await cloud.ssm.putParameter({
    ...{ Name: PARAMETER, Type: "SecureString" },
    Value: JSON.stringify({ LINKED: SECRET, ...VARIABLES }),
  });
  const upload = async ({ path, key, sha256 }: Archive) => {
    await cloud.s3.putObject({ Bucket: BUCKET, Key: key, Body: await readFile(path) });
    return { key, sha256 };
  };
  const balancer = await Balancer.start(tools, TARGET_GROUP);
  const { runtime, programs } = await steps.run("the programs", () =>
    buildPrograms(rehearsal.only),
  );
  const node = await upload(runtime);
  for (const program of programs) {
    const userData = renderUserData({
      ...program.run,
      ...{ service: program.name, region: REGION, bucket: BUCKET, port: 3000 },
      ...{ app: await upload(program.app), linksParameters: [PARAMETER] },
      ...(!program.run.plain && { runtime: node }),
      ...{ environment: {}, healthPath: "/", readySeconds: 120, drainSeconds: DRAIN },
    });
    await steps.run(`${program.title}: boots, and is replaced under load`, () =>
      replace({ ...rehearsal, endpoint, balancer }, program, userData),
    );
  }
}

type World = Rehearsal & { endpoint: string; balancer: Balancer };

async function replace(world: World, program: BuiltProgram, userData: string): Promise<void> {
  const { balancer, steps } = world;
  const old = await launch(world, `${program.name}-old`, userData);
  await checkSecret(old, program);
  const load = new PlainLoad(balancer.url, "/", program.rate ?? RATE);
  const fresh = await launch(world, `${program.name}-new`, userData);
  await depart(world, old, program.name);
  const { requests, failures } = await load.stop();
  const served = (await balancer.target(fresh)).requests;
  const failed = Object.values(failures).reduce((sum, count) => sum + count, 0);
  steps.note(`${program.title}: ${requests} requests, ${failed} failed`);
  same(failures, {}, `failed requests of ${program.title}`);
  same(served > 0, true, `the new machine of ${program.title} got requests`);
  await balancer.remove(fresh);
  await fresh.remove();
}

/** Launches a machine and waits until the balancer sends it requests. */
async function launch(world: World, name: string, userData: string): Promise<Machine> {
  const { tools, endpoint, folder, balancer, steps } = world;
  const machine = await Machine.launch(tools, {
    ...{ name, userData, zone: "us-east-1a", group: "programs", port: 3000 },
    ...{ endpoint, folder, forwards: {}, environment: () => ({}) },
  });
  const seconds = await machine.ready("/");
  steps.note(`${name}: ${seconds.toFixed(1)} s after power-on`);
  await balancer.add(machine);
  await balancer.wait(machine, "UP");
  return machine;
}

/** Terminates as the group does: deregisters the machine and tells it. */
async function depart(world: World, machine: Machine, service: string): Promise<void> {
  const [, stopped] = await Promise.all([
    world.balancer.drain(machine, DRAIN),
    machine.lifecycle("Terminated").then(() => ended(machine, service)),
  ]);
  same(stopped, { Result: "success", ExecMainStatus: "0" }, `the end of ${machine.name}`);
  await world.balancer.remove(machine);
  await machine.remove();
}

/** Waits until the first process has ended. @returns how */
async function ended(machine: Machine, service: string) {
  const unit = `${service}@1.service`;
  const script = `for _ in $(seq 120); do systemctl is-active --quiet ${unit} || break; sleep 0.5; done
    systemctl show --property Result --property ExecMainStatus ${unit}`;
  const lines = (await machine.run(script)).trim().split("\n");
  return Object.fromEntries(lines.map((line) => line.split("=")));
}

/** The program has link and variables unchanged, and the secret is nowhere on disk. */
async function checkSecret(
  machine: Machine,
  { name, title, showsLink }: BuiltProgram,
): Promise<void> {
  const found = await machine.run(
    `grep --recursive --files-with-matches --fixed-strings ${SECRET} /etc /opt /var 2>/dev/null || :`,
  );
  same(found.trim(), "", `files on the disk with ${title}'s secret`);
  if (!showsLink) return;
  const answer = await machine.run("curl --silent http://127.0.0.1:3000/link");
  same(answer.trim(), SECRET, `the link that ${title} has`);
  const process = `$(systemctl show --property MainPID --value ${name}@1.service)`;
  const environ = await machine.run(`base64 --wrap=0 /proc/${process}/environ`);
  const lines = Buffer.from(environ.trim(), "base64").toString().split("\0");
  for (const [variable, value] of Object.entries(VARIABLES))
    same(lines.includes(`${variable}=${value}`), true, `${variable} as it is for ${title}`);
}
