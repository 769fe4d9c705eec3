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

/** An item to put, or a key to delete, whatever is there. */
export type WriteRequest =
  | { TableName: string; Item: Item; Key?: never }
  | { TableName: string; Key: Item; Item?: never };

type WriteCall = Call<WriteRequest, void>;

type Unprocessed = Pick<BatchWriteCommandOutput, "UnprocessedItems">;

/** Writes in a `BatchWriteItem`, at most. */
const WRITES = 25;

/**
 * Writes without conditions. Those that come at the same time share a `BatchWriteItem`; that costs
 * the same units as writing each alone. A write is acknowledged only when it was processed.
 */
export class Writes {
  readonly #client: DynamoDBDocumentClient;
  readonly #identify: Identify;
  readonly #coalescer: Coalescer<WriteRequest, void>;

  /**
   * @param client sends each call once: a batch may be known to have failed, but not to have not
   *   been done, and then must not be repeated
   * @param parallel batches under way at once
   */
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

  /** Resolves when the write was done. */
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

  /** Sends a batch; one that was throttled as a whole comes back unprocessed as a whole. */
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
