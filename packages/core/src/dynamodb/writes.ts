import {
  BatchWriteCommand,
  type BatchWriteCommandOutput,
  type DynamoDBDocumentClient,
} from "@aws-sdk/lib-dynamodb";
import { backoff } from "./backoff.ts";
import { type Call, Coalescer, settle } from "./coalescer.ts";
import type { Deadline } from "./deadline.ts";
import { asDomain, overloaded } from "./errors.ts";
import type { Identify } from "./identity.ts";

type Item = Record<string, unknown>;

/** An item to put, or a key to delete, whatever is there. */
export type WriteRequest =
  | { TableName: string; Item: Item; Key?: never }
  | { TableName: string; Key: Item; Item?: never };

type WriteCall = Call<WriteRequest, void>;

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

  /** @param parallel batches under way at once */
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
      const RequestItems = Object.groupBy(waiting, ({ request }) => request.TableName);
      const { UnprocessedItems = {} } = await asDomain(
        this.#client.send(
          new BatchWriteCommand({
            RequestItems: Object.fromEntries(
              Object.entries(RequestItems).map(([table, calls = []]) => [
                table,
                calls.map(toWrite),
              ]),
            ),
          }),
          { abortSignal: signal },
        ),
      );
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
