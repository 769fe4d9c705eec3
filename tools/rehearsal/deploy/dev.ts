import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import getPort from "get-port";
import type { Processes } from "../../common/processes.ts";
import { until } from "../../common/until.ts";
import { takeTour } from "../boot/checks/tour.ts";
import type { Cloud } from "../checks/cloud.ts";
import { only, present, same } from "../checks/expect.ts";
import { paths } from "./paths.ts";
import type { Sst } from "./sst.ts";

const START_SECONDS = 300;
/** Attempts at the tour. */
const TOURS = 5;
/** How long requests and databases may take to end. */
const END_SECONDS = 30;

/**
 * Runs `sst dev` until the API on this machine has answered with the stage's own tables: a user who
 * registers through the API must be found in the emulated table, and a whole tour must work.
 */
export async function rehearseDev(
  stage: string,
  sst: Sst,
  processes: Processes,
  cloud: Cloud,
): Promise<void> {
  const port = await getPort({ host: "127.0.0.1" });
  const child = sst.start(["dev", "--stage", stage, "--mode=mono"], { PORT: String(port) });
  const ended = new Promise<never>((_resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`sst dev ended with ${code}`)));
  });
  try {
    const api = `http://127.0.0.1:${port}`;
    const ready = () => answers(`${api}/health/ready`);
    await Promise.race([
      until({ what: `an answer at ${api}`, seconds: START_SECONDS }, ready),
      ended,
    ]);
    await checkRegistration(api, stage, cloud);
    await tour(api);
  } finally {
    ended.catch(() => {});
    await processes.stop(child);
  }
  same(
    await answers(`http://127.0.0.1:${port}/health/live`),
    false,
    "the API still answers after sst dev ended",
  );
  await noneIsLeft();
}

/** Takes the tour, again as another user when the emulator answers too late for the API. */
async function tour(api: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await takeTour(api);
      return;
    } catch (error) {
      if (attempt === TOURS || !/found 503/.test((error as Error).message)) throw error;
      await sleep(1000);
    }
  }
}

/** Checks that services and databases end with `sst dev`. */
async function noneIsLeft(): Promise<void> {
  const running = () => commandsIn(paths.app);
  const gone = async () => (await running()).length === 0;
  await until({ what: "sst dev ends what it runs", seconds: END_SECONDS }, gone).catch(async () => {
    throw new Error(`sst dev left running: ${(await running()).join("; ")}`);
  });
}

/** Commands of the processes whose command line or environment mentions a folder. */
async function commandsIn(folder: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)("ps", ["axeww", "-o", "command="], {
    maxBuffer: 1e8,
  });
  const lines = stdout.split("\n").filter((line) => line.includes(folder));
  return lines.map((line) => line.trim().slice(0, 100));
}

async function checkRegistration(api: string, stage: string, cloud: Cloud) {
  const login = `rehearsal-${Date.now()}`;
  const response = await fetch(`${api}/users/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "Rehearsal", login, password: "correct horse battery" }),
  });
  const text = await response.text();
  same(response.status, 201, `registering a user: ${text}`);
  const { id }: { id: string } = JSON.parse(text);
  const { TableNames = [] } = await cloud.dynamoDb.listTables();
  const table = only(
    TableNames.filter((name) => name.includes(`-${stage}-Users`)),
    `Users table of stage ${stage}`,
  );
  const { Item } = await cloud.dynamoDb.getItem({ TableName: table, Key: { id: { S: id } } });
  same(present(Item, `user ${id} in ${table}`).login, { S: login }, "the login in the table");
}

/** Whether it answers with a success. */
function answers(url: string): Promise<boolean> {
  const request = fetch(url, { signal: AbortSignal.timeout(2000) });
  return request.then((response) => response.ok).catch(() => false);
}
