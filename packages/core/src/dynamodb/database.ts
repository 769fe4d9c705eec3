import { TransactionConflictException } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  type DeleteCommandInput,
  type DynamoDBDocumentClient,
  type QueryCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
} from "@aws-sdk/lib-dynamodb";
import { readLink } from "../links.ts";
import { backoff } from "./backoff.ts";
import { type ClientOptions, createClient } from "./client.ts";
import { Deadline } from "./deadline.ts";
import { asDomain, isThrottled } from "./errors.ts";
import { identifier } from "./identity.ts";
import type { Fields } from "./item-text.ts";
import { type Page, Queries, type TextPage } from "./queries.ts";
import { type ReadRequest, Reads } from "./reads.ts";
import { type TableName, tables } from "./tables.ts";
import { type Action, Transactions } from "./transactions.ts";
import { type WriteRequest, Writes } from "./writes.ts";

/** Physical table names by logical ones. */
export type TableNames = Readonly<Record<TableName, string>>;

export interface DatabaseOptions extends ClientOptions {
  /** @default the SST links of the same names */
  tables?: TableNames;
  /**
   * Milliseconds for all calls that share a {@link Database.deadline}, retries included. @default
   * 800
   */
  deadline?: number;
  /** Concurrent batches of each kind. @default 4 */
  parallel?: number;
  /** Most keys per batched read, 1 to 100. @default 100 */
  keys?: number;
}

/**
 * The only way to DynamoDB: sends requests within a deadline and returns items, or throws a {@link
 * DomainError}.
 */
export class Database {
  readonly tables: TableNames;
  readonly #client: DynamoDBDocumentClient;
  /** For writes that must not be sent twice. */
  readonly #onceClient: DynamoDBDocumentClient;
  readonly #reads: Reads;
  readonly #queries: Queries;
  readonly #writes: Writes;
  readonly #transactions: Transactions;
  readonly #deadline: number;

  constructor(options: DatabaseOptions = {}) {
    this.tables = options.tables ?? linkedTables();
    this.#deadline = options.deadline ?? 800;
    this.#client = createClient(options);
    this.#onceClient = createClient(options, "once");
    const identify = identifier(this.tables);
    const { parallel = 4, keys } = options;
    this.#reads = new Reads(this.#client, identify, { parallel, keys });
    this.#queries = new Queries(this.#client);
    this.#writes = new Writes(this.#onceClient, identify, parallel);
    this.#transactions = new Transactions(this.#client, identify, parallel);
  }

  /** A deadline for all calls of one operation. */
  deadline(): Deadline {
    return Deadline.in(this.#deadline);
  }

  /** Reads one item by key. Concurrent reads share a call. */
  async get<Item>(request: ReadRequest, deadline = this.deadline()): Promise<Item | undefined> {
    return (await this.#reads.get(request, deadline)) as Item | undefined;
  }

  /** Puts or deletes an item unconditionally. Concurrent writes share a call. */
  write(request: WriteRequest, deadline = this.deadline()): Promise<void> {
    return this.#writes.write(request, deadline);
  }

  /**
   * Updates an item and returns it as `ReturnValues` asks.
   * @throws ConditionalCheckFailedException when the request's condition does not hold
   */
  async update<Item>(request: UpdateCommandInput, deadline = this.deadline()): Promise<Item> {
    const { Attributes } = await untilDone(deadline, (options) =>
      this.#onceClient.send(new UpdateCommand(request), options),
    );
    return Attributes as Item;
  }

  /** @throws ConditionalCheckFailedException when the request's condition does not hold */
  async delete(request: DeleteCommandInput, deadline = this.deadline()): Promise<void> {
    await untilDone(deadline, (options) =>
      this.#onceClient.send(new DeleteCommand(request), options),
    );
  }

  /** Reads one page of a query. Equal queries at the same time share a call. */
  query<Item>(request: QueryCommandInput, deadline = this.deadline()): Promise<Page<Item>> {
    return this.#queries.page(request, deadline) as Promise<Page<Item>>;
  }

  /**
   * Reads one page of a query, each item as the JSON text of some of its fields: for items that only
   * pass through, which cost half as much that way.
   */
  queryText(
    request: QueryCommandInput,
    fields: Fields,
    deadline = this.deadline(),
  ): Promise<TextPage> {
    return this.#queries.texts(request, fields, deadline);
  }

  /**
   * Runs all of the actions, or none. Concurrent transactions share a call.
   * @throws TransactionCanceledException with a reason per action when a condition does not hold
   */
  transactWrite(actions: Action[], deadline = this.deadline()): Promise<void> {
    return this.#transactions.commit(actions, deadline);
  }

  /** Checks that the database answers, with a key that no user has. @throws DomainError */
  async ping(): Promise<void> {
    await this.get({ TableName: this.tables.Users, Key: { id: "ping" } });
  }

  close(): void {
    this.#client.destroy();
    this.#onceClient.destroy();
  }
}

function linkedTables(): TableNames {
  const names = Object.keys(tables) as TableName[];
  return Object.fromEntries(names.map((name) => [name, readLink(name, "name")])) as TableNames;
}

/** Retries a write that DynamoDB did not execute: it was throttled or met a transaction. */
async function untilDone<Answer>(
  { signal }: Deadline,
  send: (options: { abortSignal: AbortSignal }) => Promise<Answer>,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await asDomain(send({ abortSignal: signal }));
    } catch (error) {
      if (!(error instanceof TransactionConflictException || isThrottled(error))) throw error;
      await backoff(attempt, signal);
    }
  }
}
