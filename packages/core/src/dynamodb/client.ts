import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { reportThrottling } from "./errors.ts";
import { Signer } from "./signer.ts";
import { UndiciHandler } from "./undici-handler.ts";

const TIMEOUTS = { connectionTimeout: 250, requestTimeout: 300 };

/** Connections to DynamoDB, at most. */
const CONNECTIONS = 64;

export interface ClientOptions {
  /**
   * Whether to send and sign with our own, faster handler and signer, or with the SDK's.
   * @default true
   */
  fast?: boolean;
  /** Anything else for the SDK's client. Region, credentials and endpoint come from the environment. */
  client?: DynamoDBClientConfig;
}

/**
 * The SDK's client, with the time-outs, the connections and the retries of an API that answers
 * within a second.
 */
export function createClient({ fast = true, client: config }: ClientOptions): DynamoDBClient {
  const agent = { keepAlive: true, maxSockets: CONNECTIONS };
  const client = new DynamoDBClient({
    // Three tries with the SDK's jittered backoff; a table answers within 10 ms as a rule, so a
    // call that is silent for 300 ms is better asked again than waited for.
    maxAttempts: 3,
    requestHandler: fast
      ? new UndiciHandler({ ...TIMEOUTS, connections: CONNECTIONS })
      : { ...TIMEOUTS, throwOnRequestTimeout: true, httpAgent: agent, httpsAgent: agent },
    ...(fast && { signerConstructor: Signer }),
    ...config,
  });
  reportThrottling(client);
  // It prepares a copy of each input and output for a logger that we do not have.
  client.middlewareStack.remove("loggerMiddleware");
  return client;
}
