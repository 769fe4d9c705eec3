import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import {
  BatchWriteCommand,
  type BatchWriteCommandInput,
  DeleteCommand,
  type DeleteCommandInput,
  DynamoDBDocumentClient,
  GetCommand,
  type GetCommandInput,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
} from "@aws-sdk/lib-dynamodb";
import { DomainError } from "../errors.ts";
import { readLink } from "../links.ts";
import { isTransactionConflict, reportThrottling, toDomainError } from "./errors.ts";
import { type TableName, tables } from "./tables.ts";

/** Physical table names by logical ones. */
export type TableNames = Readonly<Record<TableName, string>>;

export interface DatabaseOptions {
  /** Physical table names. @default the SST links of the same names */
  tables?: TableNames;
  /**
   * Time for the calls that share a {@link Database.deadline}, with all their retries, in
   * milliseconds. Short enough that an API answers 503 within a second.
   * @default 800
   */
  deadline?: number;
  /** Anything else for the SDK's client. Region, credentials and endpoint come from the environment. */
  client?: DynamoDBClientConfig;
}

/** A page of a query, and where the next one starts. */
export interface Page<Item> {
  items: Item[];
  lastKey: Record<string, unknown> | undefined;
}

/**
 * The one way to DynamoDB: sends the requests that the repositories build, within a deadline, and
 * answers with items or a {@link DomainError}. Connection reuse, time-outs and retries are chosen
 * here and nowhere else.
 *
 * @example
 * ```ts
 * const database = new Database();
 * const users = new Users({ database, … });
 * ```
 */
export class Database {
  readonly tables: TableNames;
  readonly #client: DynamoDBDocumentClient;
  readonly #deadline: number;

  constructor(options: DatabaseOptions = {}) {
    this.tables = options.tables ?? linkedTables();
    this.#deadline = options.deadline ?? 800;
    const client = new DynamoDBClient({
      // Three tries with the SDK's jittered backoff; a table answers within 10 ms as a rule, so a
      // call that is silent for 300 ms is better asked again than waited for.
      maxAttempts: 3,
      requestHandler: {
        connectionTimeout: 250,
        requestTimeout: 300,
        throwOnRequestTimeout: true,
        httpAgent: { keepAlive: true, maxSockets: 64 },
        httpsAgent: { keepAlive: true, maxSockets: 64 },
      },
      ...options.client,
    });
    reportThrottling(client);
    this.#client = DynamoDBDocumentClient.from(client);
  }

  /** A signal for the calls of one operation, which together may take as long as the deadline. */
  deadline(): AbortSignal {
    return AbortSignal.timeout(this.#deadline);
  }

  /** One item by its key, or `undefined`. */
  async get<Item>(request: GetCommandInput, signal = this.deadline()): Promise<Item | undefined> {
    const { Item } = await settle(
      this.#client.send(new GetCommand(request), { abortSignal: signal }),
    );
    return Item as Item | undefined;
  }

  /** @throws ConditionalCheckFailedException when the request has a condition that does not hold */
  async put(request: PutCommandInput, signal = this.deadline()): Promise<void> {
    await unlessHeld(signal, () =>
      this.#client.send(new PutCommand(request), { abortSignal: signal }),
    );
  }

  /**
   * Changes an item and returns it as `ReturnValues` asks.
   * @throws ConditionalCheckFailedException when the request has a condition that does not hold
   */
  async update<Item>(request: UpdateCommandInput, signal = this.deadline()): Promise<Item> {
    const { Attributes } = await unlessHeld(signal, () =>
      this.#client.send(new UpdateCommand(request), { abortSignal: signal }),
    );
    return Attributes as Item;
  }

  /** @throws ConditionalCheckFailedException when the request has a condition that does not hold */
  async delete(request: DeleteCommandInput, signal = this.deadline()): Promise<void> {
    await unlessHeld(signal, () =>
      this.#client.send(new DeleteCommand(request), { abortSignal: signal }),
    );
  }

  /** One page of a query. */
  async query<Item>(request: QueryCommandInput, signal = this.deadline()): Promise<Page<Item>> {
    const { Items, LastEvaluatedKey } = await settle(
      this.#client.send(new QueryCommand(request), { abortSignal: signal }),
    );
    return { items: (Items ?? []) as Item[], lastKey: LastEvaluatedKey };
  }

  /**
   * All or nothing. A transaction that met another one on the same item is tried again.
   * @throws TransactionCanceledException with a reason per action when a condition does not hold
   */
  async transactWrite(request: TransactWriteCommandInput, signal = this.deadline()): Promise<void> {
    // A command each, so that each attempt has its own idempotency token; the SDK's own retries of
    // a call share one.
    await unlessHeld(signal, () =>
      this.#client.send(new TransactWriteCommand(request), { abortSignal: signal }),
    );
  }

  /** Up to 25 unconditional writes; those that DynamoDB leaves unprocessed are sent again. */
  async batchWrite(
    items: NonNullable<BatchWriteCommandInput["RequestItems"]>,
    signal = this.deadline(),
  ): Promise<void> {
    let pending = items;
    for (let attempt = 1; ; attempt++) {
      const { UnprocessedItems } = await settle(
        this.#client.send(new BatchWriteCommand({ RequestItems: pending }), {
          abortSignal: signal,
        }),
      );
      if (!UnprocessedItems || Object.keys(UnprocessedItems).length === 0) return;
      pending = UnprocessedItems;
      await backoff(attempt, signal);
    }
  }

  /** Whether the database answers: reads a key that no user has. @throws DomainError otherwise */
  async ping(): Promise<void> {
    await this.get({ TableName: this.tables.Users, Key: { id: "ping" } });
  }

  /** Closes the connections. */
  close(): void {
    this.#client.destroy();
  }
}

/** The physical names that the deployment or the local stack linked. */
function linkedTables(): TableNames {
  const names = Object.keys(tables) as TableName[];
  return Object.fromEntries(names.map((name) => [name, readLink(name, "name")])) as TableNames;
}

async function settle<Answer>(call: Promise<Answer>): Promise<Answer> {
  try {
    return await call;
  } catch (error) {
    throw toDomainError(error);
  }
}

/** Sends a write, and again while a transaction holds one of its items. */
async function unlessHeld<Answer>(
  signal: AbortSignal,
  send: () => Promise<Answer>,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await settle(send());
    } catch (error) {
      if (!isTransactionConflict(error)) throw error;
      if (attempt === 4) {
        throw new DomainError("throttled", "Others are changing the same thing.", { cause: error });
      }
      await backoff(attempt, signal);
    }
  }
}

/** Exponential with full jitter: up to 25, 50, 100 … ms, 400 at most, and not beyond the deadline. */
async function backoff(attempt: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(Math.random() * Math.min(25 * 2 ** (attempt - 1), 400), undefined, { signal });
  } catch (cause) {
    throw new DomainError("throttled", "The database is asked for more than it can do now.", {
      cause,
    });
  }
}
