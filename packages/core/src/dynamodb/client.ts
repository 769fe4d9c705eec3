import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { repeatRefused, reportThrottling } from "./errors.ts";
import { ShortcutClient, ShortcutHandler } from "./shortcut.ts";
import { Signer } from "./signer.ts";
import { UndiciHandler } from "./undici-handler.ts";

/** Time to open a connection, in milliseconds. */
const CONNECTION_TIMEOUT = 250;

/** Connections to DynamoDB, at most. */
const CONNECTIONS = 64;

export interface ClientOptions {
  /**
   * Whether to send and sign with our own, faster handler and signer and to take a shortcut for the
   * calls that requests share, or to leave all to the SDK.
   * @default true
   */
  fast?: boolean;
  /**
   * Time for the answer to a call to begin, in milliseconds.
   * @default 300 where it is asked for again then, 700 where it is not
   */
  requestTimeout?: number;
  /** Anything else for the SDK's client. Region, credentials and endpoint come from the environment. */
  client?: DynamoDBClientConfig;
}

/**
 * What becomes of a call without an answer, such as one that timed out:
 * - `repeat`: it is sent again. A table answers within 10 ms as a rule, so a call that is silent for
 *   300 ms is better asked again than waited for. For reads, and for transactions, whose
 *   idempotency token lets DynamoDB know a repetition.
 * - `once`: it has failed. A repeated put or update may be done a second time long after, when its
 *   first copy arrives at last, and then undo what was acknowledged in between. What was refused for
 *   the time of its signature was not done, and is sent again with DynamoDB's own time.
 */
export type Attempts = "repeat" | "once";

const ATTEMPTS = {
  repeat: { maxAttempts: 3, requestTimeout: 300 },
  once: { maxAttempts: 1, requestTimeout: 700 },
};

/**
 * The SDK's client, with the time-outs, the connections and the retries of an API that answers
 * within a second.
 */
export function createClient(
  options: ClientOptions,
  attempts: Attempts = "repeat",
): DynamoDBDocumentClient {
  const { maxAttempts, requestTimeout: usual } = ATTEMPTS[attempts];
  const { fast = true, client: config, requestTimeout = usual } = options;
  const timeouts = { connectionTimeout: CONNECTION_TIMEOUT, requestTimeout };
  const agent = { keepAlive: true, maxSockets: CONNECTIONS };
  const handler = fast
    ? new ShortcutHandler(new UndiciHandler({ ...timeouts, connections: CONNECTIONS }))
    : undefined;
  const client = new DynamoDBClient({
    maxAttempts,
    requestHandler: handler ?? {
      ...timeouts,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
    ...(fast && { signerConstructor: Signer }),
    ...config,
  });
  reportThrottling(client);
  if (maxAttempts === 1) repeatRefused(client);
  // It prepares a copy of each input and output for a logger that we do not have.
  client.middlewareStack.remove("loggerMiddleware");
  return handler ? new ShortcutClient(client, handler) : DynamoDBDocumentClient.from(client);
}
