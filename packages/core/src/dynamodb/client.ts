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

/**
 * Each step includes those before it: send through undici; go around the SDK's middleware for batched
 * calls and queries; sign with our own signer.
 */
export const FAST = ["nothing", "handler", "shortcut", "signer"] as const;
export type Fast = (typeof FAST)[number];

export interface ClientOptions {
  /**
   * How much of the SDK's work we do ourselves, faster. `npm run bench -- --full` measures each step.
   * @default "signer", which is all
   */
  fast?: Fast;
  /**
   * Milliseconds until the answer to a call must begin.
   * @default 300 for calls that are repeated, 700 for others
   */
  requestTimeout?: number;
  /** Anything else for the SDK's client. Region, credentials and endpoint come from the environment. */
  client?: DynamoDBClientConfig;
}

/**
 * What happens after a call without an answer, such as a timeout:
 * - `repeat`: send it again. A table usually answers within 10 ms, so after 300 ms of silence a
 *   retry is faster than waiting. For reads, and for transactions, whose idempotency token lets
 *   DynamoDB recognise a retry.
 * - `once`: fail. The first copy of a put or update may still arrive later, and a retry would then
 *   undo what was acknowledged in between. A call refused for its signature's timestamp was not
 *   executed, so it is sent again with DynamoDB's own time.
 */
export type Attempts = "repeat" | "once";

const ATTEMPTS = {
  repeat: { maxAttempts: 3, requestTimeout: 300 },
  once: { maxAttempts: 1, requestTimeout: 700 },
};

/**
 * Creates the SDK's client with timeouts, connections and retries for an API that answers within a
 * second.
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
  // It copies each input and output for a logger that we don't have.
  client.middlewareStack.remove("loggerMiddleware");
  return shortcut ? new ShortcutClient(client, shortcut) : DynamoDBDocumentClient.from(client);
}
