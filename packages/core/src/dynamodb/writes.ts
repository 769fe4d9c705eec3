import {
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type BatchWriteCommandOutput,
  type DynamoDBDocumentClient,
} from "@aws-sdk/lib-dynamodb";
import { backoff } from "./backoff.ts";
import { type Call, Coalescer, settle } from "./coalescer.ts";
import type { Deadline } from "./deadline.ts";
import { asDomain, isThrottled, overloaded } from "./errors.ts";
import type { Identify } from "./identity.ts";

type Item = Record<string, unknown>;

/** An item to put or a key to delete. */
export type WriteRequest =
  | { TableName: string; Item: Item; Key?: never }
  | { TableName: string; Key: Item; Item?: never };

type WriteCall = Call<WriteRequest, void>;

type Unprocessed = Pick<BatchWriteCommandOutput, "UnprocessedItems">;

const WRITES = 25;

/** Unconditional writes. Concurrent ones share a `BatchWriteItem`, for the same write units. */
export class Writes {
  readonly #client: DynamoDBDocumentClient;
  readonly #identify: Identify;
  readonly #coalescer: Coalescer<WriteRequest, void>;

  /** @param client sends each call once: a batch that failed may still have been executed */
  constructor(client: DynamoDBDocumentClient, identify: Identify, parallel: number) {
    this.#client = client;
    this.#identify = identify;
    this.#coalescer = new Coalescer({
      send: (batch, signal) => this.#send(batch, signal),
      size: WRITES,
      parallel,
      items: (request) => [this.#identityOf(request)],
    });
  }

  /** Resolves once the write is done. */
  write(request: WriteRequest, deadline: Deadline): Promise<void> {
    return this.#coalescer.call(request, deadline);
  }

  async #send(batch: WriteCall[], signal: AbortSignal): Promise<void> {
    let waiting = batch;
    for (let attempt = 1; waiting.length > 0; attempt++) {
      if (attempt > 1) await backoff(attempt - 1, signal);
      const { UnprocessedItems = {} } = await this.#put(waiting, signal);
      const left = this.#identities(UnprocessedItems);
      waiting = waiting.filter((call) => {
        if (call.items.some((item) => left.has(item))) {
          call.late = overloaded();
          return true;
        }
        settle(call, () => call.resolve());
        return false;
      });
    }
  }

  /** Sends a batch; a throttled one is all unprocessed. */
  async #put(batch: WriteCall[], signal: AbortSignal): Promise<Unprocessed> {
    const RequestItems: NonNullable<BatchWriteCommandInput["RequestItems"]> = {};
    for (const call of batch) {
      RequestItems[call.request.TableName] ??= [];
      RequestItems[call.request.TableName]?.push(toWrite(call));
    }
    const command = new BatchWriteCommand({ RequestItems });
    return asDomain(this.#client.send(command, { abortSignal: signal })).catch((error) => {
      if (isThrottled(error)) return { UnprocessedItems: RequestItems };
      throw error;
    });
  }

  #identities(unprocessed: NonNullable<BatchWriteCommandOutput["UnprocessedItems"]>) {
    return new Set(
      Object.entries(unprocessed).flatMap(([table, writes]) =>
        writes.map(({ PutRequest, DeleteRequest }) =>
          this.#identify(table, PutRequest?.Item ?? DeleteRequest?.Key ?? {}),
        ),
      ),
    );
  }

  #identityOf({ TableName, Item, Key }: WriteRequest): string {
    return this.#identify(TableName, Item ?? Key);
  }
}

function toWrite({ request: { Item, Key } }: WriteCall) {
  return Item ? { PutRequest: { Item } } : { DeleteRequest: { Key } };
}
