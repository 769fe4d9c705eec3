import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createTables, localEnvironment, startDynoxide } from "@steadfast/local";

/** An API in a process of its own, on an empty DynamoDB in memory. */
export interface Stack {
  url: string;
  client: DynamoDBClient;
  /** What the tables' names begin with. */
  prefix: string;
  stop(): Promise<void>;
}

const server = fileURLToPath(new URL("../../packages/api/src/server.ts", import.meta.url));

/** Starts both and waits until the API listens. */
export async function startStack(): Promise<Stack> {
  const prefix = "soak-";
  const dynamodb = await startDynoxide();
  const environment = localEnvironment({
    endpoint: dynamodb.endpoint,
    prefix,
    tokenSecret: "a secret for as long as the soak takes",
  });
  const client = new DynamoDBClient({
    endpoint: dynamodb.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  await createTables(client, prefix);
  const api = spawn(process.execPath, [server], {
    env: { ...process.env, ...environment, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise<string>((resolve, reject) => {
    api.once("exit", () => reject(new Error("The API did not start.")));
    createInterface(api.stdout).on("line", (line) => {
      const address = line.match(/listening at (http:[^"]+)/)?.[1];
      if (address) resolve(address);
    });
  });
  return {
    url,
    client,
    prefix,
    async stop() {
      api.kill();
      await once(api, "exit");
      await dynamodb.stop();
    },
  };
}
