import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { forgetAccount } from "./account.ts";
import { startDynoxide } from "./dynoxide.ts";
import { localEnvironment } from "./environment.ts";
import { createTables } from "./tables.ts";

/** An API in its own process, on an empty DynamoDB in memory. */
export interface Stack {
  url: string;
  client: DynamoDBClient;
  /** Of the table names. */
  prefix: string;
  stop(): Promise<void>;
}

type Variables = Record<string, string>;

const server = fileURLToPath(new URL("../../api/src/server.ts", import.meta.url));

/**
 * Starts both on free ports and waits until the API listens.
 * @param environment more variables for the API, or a function that makes them from DynamoDB's
 *   address
 * @throws when the API does not start; standard error says why
 */
export async function startStack(
  environment: Variables | ((dynamodb: string) => Promise<Variables>) = {},
): Promise<Stack> {
  const prefix = "stack-";
  const dynamodb = await startDynoxide();
  const env = { ...process.env };
  forgetAccount(env);
  const links = localEnvironment({
    env,
    endpoint: dynamodb.endpoint,
    prefix,
    tokenSecret: randomBytes(32).toString("hex"),
  });
  const client = new DynamoDBClient({
    endpoint: dynamodb.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  await createTables(prefix, client);
  const more =
    typeof environment === "function" ? await environment(dynamodb.endpoint) : environment;
  const api = spawn(process.execPath, [server], {
    // The address is read from the log, which a higher level would silence.
    env: { ...env, ...links, PORT: "0", ...more, LOG_LEVEL: "info" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  // The event fires only once.
  const exited = once(api, "exit");
  const stop = async () => {
    api.kill();
    await exited;
    client.destroy();
    await dynamodb.stop();
  };
  const address = new Promise<string>((resolve, reject) => {
    exited.then(() => reject(new Error("The API did not start.")), reject);
    createInterface(api.stdout).on("line", (line) => {
      const found = line.match(/listening at (http:[^"]+)/)?.[1];
      if (found) resolve(found);
    });
  });
  try {
    return { url: await address, client, prefix, stop };
  } catch (error) {
    await dynamodb.stop();
    throw error;
  }
}
