/**
 * `npm run containers`: builds each service's image, starts it and waits until it is ready.
 *
 * Needs Docker or Buildah, and a registry with the base image. The services get embedded
 * databases.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  createTables,
  findPostgresServer,
  localEnvironment,
  STAND_IN_KEY,
  startDynoxide,
  startPglite,
  startPostgresServer,
  startStandIn,
} from "@steadfast/local";
import getPort from "get-port";
import { NODE_VERSION } from "sst-ec2/archive";
import { main, parseCommandLine, WrongArgument } from "../common/command-line.ts";
import { Steps } from "../common/steps.ts";
import { type Engine, findEngine } from "./containers/engine.ts";

const USAGE = `npm run containers -- [options]

Builds the image of each service, starts it, asks it, and stops it.

  --node-image IMAGE   another base than the Dockerfile's
  --if-possible        without an engine or a registry say so in one line, and end with 0
  -h, --help           this text

examples
  npm run containers
  npm run containers -- --node-image registry.example.com/node:24-slim`;

const READY_SECONDS = 60;

const steps = new Steps();
const undo = new AsyncDisposableStack();

await main("containers", USAGE, async (args) => {
  const { image, ifPossible } = readArguments(args);
  try {
    const engine = await findEngine();
    const why = await whyNot(engine, image);
    if (!engine || why) {
      if (!ifPossible) throw new Error(`not possible on this machine: ${why}`);
      console.info(`containers: left out on this machine: ${why}`);
      return;
    }
    await check(engine, image, "api", await apiEnvironment());
    await check(engine, image, "collector", await collectorEnvironment()); // drop: quotes
  } finally {
    await undo.disposeAsync();
  }
});

function readArguments(args: string[]) {
  const { "node-image": image, "if-possible": ifPossible } = parseCommandLine({
    args,
    options: {
      "node-image": { type: "string", default: baseOfDockerfile() },
      "if-possible": { type: "boolean", default: false },
    },
  }).values;
  if (!/^[\w.][\w./:@-]*$/.test(image))
    throw new WrongArgument(
      `--node-image is "${image}"; it must be an image, such as node:24-slim`,
    );
  return { image, ifPossible };
}

/** The default of the argument NODE_IMAGE. */
function baseOfDockerfile(): string {
  const file = readFileSync(new URL("../../Dockerfile", import.meta.url), "utf8");
  return /^ARG NODE_IMAGE=(\S+)$/m.exec(file)?.[1] ?? "";
}

/** Why this machine cannot build the image, in a few words; undefined if it can. */
async function whyNot(engine: Engine | undefined, image: string): Promise<string | undefined> {
  if (!engine) return "neither Docker's daemon nor Buildah answers";
  return (await engine.has(image)) ? undefined : `${engine.name} cannot get ${image}`;
}

/** Builds an image, inspects it, starts and stops it. */
async function check(
  engine: Engine,
  base: string,
  service: string,
  environment: Record<string, string>,
) {
  const image = `localhost/steadfast-${service}`;
  const args = { SERVICE: service, NODE_IMAGE: base };
  await steps.run(`${engine.name} builds ${service}`, () => engine.build(image, args));
  await steps.run(`${service} is not root, and has the Node.js of instances`, async () => {
    const script = "console.log(process.version, process.getuid())";
    expect(await engine.ask(image, ["node", "-e", script]), `v${NODE_VERSION} 1000`);
  });
  const PORT = String(await getPort({ host: "127.0.0.1" }));
  const container = await engine.start(image, { ...environment, PORT });
  let code = 1;
  try {
    await steps.run(`${service} gets ready`, () => ready(PORT));
  } catch (error) {
    throw new Error(`${(error as Error).message}; it said: ${container.output.trim()}`);
  } finally {
    code = await container.stop();
  }
  await steps.run(`${service} ends with 0 on SIGTERM`, async () => expect(code, 0));
}

function expect(found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error(`found ${found}, expected ${wanted}`);
}

async function ready(port: string): Promise<void> {
  const url = `http://127.0.0.1:${port}/health/ready`;
  for (let waited = 0; waited < READY_SECONDS; waited += 0.2) {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
    if (response?.ok) return;
    await sleep(200);
  }
  throw new Error(`${url} is not ready after ${READY_SECONDS} s`);
}

async function apiEnvironment(): Promise<Record<string, string>> {
  const prefix = "containers-";
  const dynamodb = await startDynoxide();
  undo.defer(() => dynamodb.stop());
  const environment = localEnvironment({
    // A container inherits nothing of this process.
    env: {},
    endpoint: dynamodb.endpoint,
    prefix,
    tokenSecret: "a-secret-for-containers-alone-0123456789",
  });
  const { endpoint } = dynamodb;
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new DynamoDBClient({ endpoint, region: "us-east-1", credentials });
  await createTables(prefix, client);
  client.destroy();
  return environment;
}

// #region quotes
async function collectorEnvironment(): Promise<Record<string, string>> {
  const postgres = await (findPostgresServer() ? startPostgresServer() : startPglite());
  undo.defer(() => postgres.stop());
  const market = await startStandIn();
  undo.defer(() => market.stop());
  return {
    DB_HOST: postgres.host,
    DB_PORT: String(postgres.port),
    DB_USER: postgres.username,
    DB_PASS: postgres.password,
    DB_NAME: postgres.database,
    CMC_URL: market.url,
    CMC_API_KEY: STAND_IN_KEY,
    INTERVAL: "1s",
  };
}
// #endregion quotes
