import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { repeatRefused, reportThrottling } from "./errors.ts";
import { ShortcutClient, ShortcutHandler } from "./shortcut.ts";
import { Signer } from "./signer.ts";
import { UndiciHandler } from "./undici-handler.ts";

/** Milliseconds to open a connection. */
const CONNECTION_TIMEOUT = 250;

/** Most connections to DynamoDB. */
const CONNECTIONS = 64;

/** Each step includes those before it. */
export const FAST = ["nothing", "handler", "shortcut", "signer"] as const;
export type Fast = (typeof FAST)[number];

export interface ClientOptions {
  /**
   * How much of the SDK's work we do ourselves, faster; the bench measures each step. @default
   * "signer"
   */
  fast?: Fast;
  /** Milliseconds until an answer must begin. @default 300 if calls are repeated, otherwise 700 */
  requestTimeout?: number;
  /** Anything else for the SDK's client. */
  client?: DynamoDBClientConfig;
}

/**
 * After a call without an answer:
 * - `repeat`: send it again, because a table usually answers within 10 ms. For reads, and for
 *   transactions, whose idempotency token lets DynamoDB recognise a retry.
 * - `once`: fail. A first copy of a put may still arrive and undo what was acknowledged in between.
 */
export type Attempts = "repeat" | "once";

const ATTEMPTS = {
  repeat: { maxAttempts: 3, requestTimeout: 300 },
  once: { maxAttempts: 1, requestTimeout: 700 },
};

/**
 * The SDK's client with timeouts, connections and retries for an API that answers within a second.
 */
export function createClient(
  options: ClientOptions,
  attempts: Attempts = "repeat",
): DynamoDBDocumentClient {
  const { maxAttempts, requestTimeout: usual } = ATTEMPTS[attempts];
  const { fast = "signer", client: config, requestTimeout = usual } = options;
  const does = (step: Fast) => FAST.indexOf(fast) >= FAST.indexOf(step);
  const timeouts = { connectionTimeout: CONNECTION_TIMEOUT, requestTimeout };
  const agent = { keepAlive: true, maxSockets: CONNECTIONS };
  const undici = does("handler")
    ? new UndiciHandler({ ...timeouts, connections: CONNECTIONS })
    : undefined;
  const shortcut = undici && does("shortcut") ? new ShortcutHandler(undici) : undefined;
  const client = new DynamoDBClient({
    maxAttempts,
    requestHandler: shortcut ??
      undici ?? {
        ...timeouts,
        throwOnRequestTimeout: true,
        httpAgent: agent,
        httpsAgent: agent,
      },
    ...(does("signer") && { signerConstructor: Signer }),
    ...config,
  });
  reportThrottling(client);
  if (maxAttempts === 1) repeatRefused(client);
  // It copies each input and output for a logger that we do not have.
  client.middlewareStack.remove("loggerMiddleware");
  return shortcut ? new ShortcutClient(client, shortcut) : DynamoDBDocumentClient.from(client);
}
