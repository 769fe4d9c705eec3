import {
  type DynamoDBDocumentClient,
  QueryCommand,
  type QueryCommandInput,
} from "@aws-sdk/lib-dynamodb";
import { type Call, Coalescer, settle } from "./coalescer.ts";
import type { Deadline } from "./deadline.ts";
import { asDomain } from "./errors.ts";

/** A page of a query, and where the next one starts. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly lastKey: Record<string, unknown> | undefined;
}

type Item = Record<string, unknown>;
type QueryCall = Call<QueryCommandInput, Page<Item>>;

/** Callers that may share an answer: as many as wait. */
const UNBOUNDED = Number.POSITIVE_INFINITY;

/**
 * Asks for pages of items. Of equal queries one is under way at a time; those that come meanwhile wait for
 * it to end and then share the next. So nobody is answered with what was asked for before they came, and a
 * page that everybody wants costs one call for all, at most one call's time later.
 */
export class Queries {
  readonly #client: DynamoDBDocumentClient;
  readonly #coalescers = new Map<string, Coalescer<QueryCommandInput, Page<Item>>>();

  constructor(client: DynamoDBDocumentClient) {
    this.#client = client;
  }

  /** Kinds of queries that are under way or wait. */
  get size(): number {
    return this.#coalescers.size;
  }

  /** Those who ask for the same at the same time get one page, which none of them may change. */
  page(request: QueryCommandInput, deadline: Deadline): Promise<Page<Item>> {
    const key = JSON.stringify(request);
    let coalescer = this.#coalescers.get(key);
    if (!coalescer) {
      const send = (batch: QueryCall[], signal: AbortSignal) => this.#send(batch, signal);
      const onIdle = () => this.#coalescers.delete(key);
      coalescer = new Coalescer({ send, size: UNBOUNDED, parallel: 1, onIdle });
      this.#coalescers.set(key, coalescer);
    }
    return coalescer.call(request, deadline);
  }

  async #send(batch: QueryCall[], signal: AbortSignal): Promise<void> {
    const [{ request }] = batch as [QueryCall];
    try {
      const { Items, LastEvaluatedKey } = await asDomain(
        this.#client.send(new QueryCommand(request), { abortSignal: signal }),
      );
      const page = { items: Items ?? [], lastKey: LastEvaluatedKey };
      for (const call of batch) settle(call, () => call.resolve(page));
    } catch (error) {
      // Of equal queries none is the culprit.
      for (const call of batch) settle(call, () => call.reject(error));
    }
  }
}
