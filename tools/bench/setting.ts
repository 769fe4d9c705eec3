import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createTables, forgetAccount, localEnvironment, startDynoxide } from "@steadfast/local";
import { bundle } from "../build/bundle.ts";
import { startCollector } from "../common/proxies.ts";
import { type Data, seed } from "./data.ts";
import { bun, fastApi, startForeign } from "./foreign.ts";
import { buildProbe, Generator, NodeServer, type Server } from "./processes.ts";
import { runtimeOf, type ServerName } from "./servers.ts";

/** A database with data in it, a load generator, and servers that use the database. */
export interface Setting {
  endpoint: string;
  /** What a server finds in its environment. */
  environment: Record<string, string>;
  /** For files; removed at the end. */
  folder: string;
  data: Data;
  generator: Generator;
  /** Starts one of `servers/`, bundled as a deployed service is. */
  start(
    name: ServerName | "steadfast-hashing",
    environment?: Record<string, string>,
  ): Promise<Server>;
  stop(): Promise<void>;
}

const PREFIX = "bench-";

/** Prepares everything but the servers. Needs no network and no AWS. */
export async function prepare(): Promise<Setting> {
  const folder = await mkdtemp(join(tmpdir(), "steadfast-bench-"));
  const probe = await buildProbe(folder);
  forgetAccount(process.env);
  const engine = await startDynoxide();
  const collector = await startCollector();
  const environment = {
    ...localEnvironment({
      endpoint: engine.endpoint,
      prefix: PREFIX,
      tokenSecret: "a secret of the bench, long enough for anybody",
    }),
    NODE_ENV: "production",
    BENCH_COLLECTOR: collector.endpoint,
  };
  const servers: Server[] = [];
  const bundles = new Map<string, Promise<void>>();
  const bundled = async (name: string) => {
    const built =
      bundles.get(name) ??
      bundle({ entry: `tools/bench/servers/${name}.ts`, folder: join(folder, name) });
    bundles.set(name, built);
    await built;
    return join(folder, name, "server.mjs");
  };
  const start: Setting["start"] = async (name, more = {}) => {
    const server = await startServer(name, { ...environment, ...more }, bundled, probe);
    servers.push(server);
    return server;
  };
  const client = new DynamoDBClient({
    endpoint: engine.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  await createTables(PREFIX, client);
  const api = await start("steadfast");
  const data = await seed(client, PREFIX, api.url);
  await api.stop();
  const generator = new Generator();
  return {
    endpoint: engine.endpoint,
    environment,
    folder,
    data,
    generator,
    start,
    async stop() {
      await Promise.all([...servers.map((server) => server.stop()), generator.stop()]);
      collector.stop();
      await engine.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** Starts a server by what runs it. */
async function startServer(
  name: Parameters<Setting["start"]>[0],
  environment: Record<string, string>,
  bundled: (name: string) => Promise<string>,
  probe: string,
): Promise<Server> {
  const runtime = name === "steadfast-hashing" ? "node" : runtimeOf(name);
  if (runtime === "node") return NodeServer.start(await bundled(name), probe, environment);
  if (runtime === "bun") return startForeign(await bun(), [await bundled(name)], environment);
  const { command, args } = await fastApi();
  return startForeign(command, args, environment);
}
