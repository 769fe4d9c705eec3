import { BatchGetCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { backoff } from "./backoff.ts";
import { type Call, Coalescer, settle } from "./coalescer.ts";
import type { Deadline } from "./deadline.ts";
import { asDomain, overloaded } from "./errors.ts";
import type { Identify } from "./identity.ts";

export interface ReadRequest {
  TableName: string;
  Key: Record<string, string>;
  /** @default false, at half the price */
  ConsistentRead?: boolean;
}

export interface ReadLimits {
  parallel: number;
  /** @default 100, DynamoDB's limit */
  keys?: number | undefined;
}

type Item = Record<string, unknown>;
type ReadCall = Call<ReadRequest, Item | undefined>;

const KEYS = 100;

/**
 * Reads items by key. Concurrent reads of a table share a `BatchGetItem`, for the same read units.
 * Equal keys are sent once, and their callers share the returned object.
 */
export class Reads {
  readonly #client: DynamoDBDocumentClient;
  readonly #identify: Identify;
  readonly #limits: ReadLimits;
  readonly #coalescers = new Map<string, Coalescer<ReadRequest, Item | undefined>>();

  constructor(client: DynamoDBDocumentClient, identify: Identify, limits: ReadLimits) {
    this.#client = client;
    this.#identify = identify;
    this.#limits = limits;
  }

  get(request: ReadRequest, deadline: Deadline): Promise<Item | undefined> {
    const { TableName, ConsistentRead = false } = request;
    const kind = ConsistentRead ? `${TableName} strong` : TableName;
    let coalescer = this.#coalescers.get(kind);
    if (!coalescer) {
      const send = (batch: ReadCall[], signal: AbortSignal) =>
        this.#send(TableName, ConsistentRead, batch, signal);
      const { keys = KEYS, parallel } = this.#limits;
      coalescer = new Coalescer({ send, size: keys, parallel });
      this.#coalescers.set(kind, coalescer);
    }
    return coalescer.call(request, deadline);
  }

  async #send(table: string, consistent: boolean, batch: ReadCall[], signal: AbortSignal) {
    const waiting = Map.groupBy(batch, ({ request }) => this.#identify(table, request.Key));
    for (let attempt = 1; waiting.size > 0; attempt++) {
      if (attempt > 1) await backoff(attempt - 1, signal);
      const keys = [...waiting.values()].map(([call]) => (call as ReadCall).request.Key);
      const RequestItems = { [table]: { Keys: keys, ConsistentRead: consistent } };
      const { Responses, UnprocessedKeys } = await asDomain(
        this.#client.send(new BatchGetCommand({ RequestItems }), { abortSignal: signal }),
      );
      const unprocessed = UnprocessedKeys?.[table]?.Keys ?? [];
      const left = new Set(unprocessed.map((key) => this.#identify(table, key)));
      const items = Responses?.[table] ?? [];
      answer(waiting, left, new Map(items.map((item) => [this.#identify(table, item), item])));
    }
  }
}

/** Answers processed keys; the rest keep waiting. */
function answer(
  waiting: Map<string, ReadCall[]>,
  left: ReadonlySet<string>,
  found: ReadonlyMap<string, Item>,
): void {
  for (const [identity, calls] of waiting) {
    if (left.has(identity)) {
      for (const call of calls) call.late = overloaded();
      continue;
    }
    const item = found.get(identity);
    for (const call of calls) settle(call, () => call.resolve(item));
    waiting.delete(identity);
  }
}
