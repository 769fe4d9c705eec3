import {
  type DynamoDBDocumentClient,
  QueryCommand,
  type QueryCommandInput,
} from "@aws-sdk/lib-dynamodb";
import { type Call, Coalescer, settle } from "./coalescer.ts";
import type { Deadline } from "./deadline.ts";
import { asDomain } from "./errors.ts";
import { type Fields, ItemTexts } from "./item-text.ts";

/** A page of a query, and where the next one starts. */
export interface PageOf<Items> {
  readonly items: Items;
  readonly lastKey: Record<string, unknown> | undefined;
}
export type Page<Item> = PageOf<readonly Item[]>;
export type TextPage = PageOf<ItemTexts>;

type Item = Record<string, unknown>;

/** A query, and the fields that its items have as text; without fields they are objects. */
interface Asked {
  request: QueryCommandInput;
  fields: Fields | undefined;
}
type Answer = PageOf<readonly Item[] | ItemTexts>;

/** Callers that may share an answer: as many as wait. */
const UNBOUNDED = Number.POSITIVE_INFINITY;

/**
 * Asks for pages of items. Of equal queries one is under way at a time; those that come meanwhile wait for
 * it to end and then share the next. So nobody is answered with what was asked for before they came, and a
 * page that everybody wants costs one call for all, at most one call's time later.
 */
export class Queries {
  readonly #client: DynamoDBDocumentClient;
  readonly #coalescers = new Map<string, Coalescer<Asked, Answer>>();

  constructor(client: DynamoDBDocumentClient) {
    this.#client = client;
  }

  /** Kinds of queries that are under way or wait. */
  get size(): number {
    return this.#coalescers.size;
  }

  /** Those who ask for the same at the same time get one page, which none of them may change. */
  page(request: QueryCommandInput, deadline: Deadline): Promise<Page<Item>> {
    return this.#page({ request, fields: undefined }, deadline) as Promise<Page<Item>>;
  }

  /** The same, each item as the JSON text of some of its fields. */
  texts(request: QueryCommandInput, fields: Fields, deadline: Deadline): Promise<TextPage> {
    return this.#page({ request, fields }, deadline) as Promise<TextPage>;
  }

  #page(asked: Asked, deadline: Deadline): Promise<Answer> {
    const key = JSON.stringify(asked);
    let coalescer = this.#coalescers.get(key);
    if (!coalescer) {
      const send = (batch: Call<Asked, Answer>[], signal: AbortSignal) => this.#send(batch, signal);
      const onIdle = () => this.#coalescers.delete(key);
      coalescer = new Coalescer({ send, size: UNBOUNDED, parallel: 1, onIdle });
      this.#coalescers.set(key, coalescer);
    }
    return coalescer.call(asked, deadline);
  }

  async #send(batch: Call<Asked, Answer>[], signal: AbortSignal): Promise<void> {
    const [{ request: asked }] = batch as [Call<Asked, Answer>];
    const { request, fields } = asked;
    try {
      const options = { abortSignal: signal, fields };
      const output = await asDomain(this.#client.send(new QueryCommand(request), options));
      const { LastEvaluatedKey: lastKey } = output;
      const found = (output.Items ?? []) as Item[] | ItemTexts;
      // Objects all the same, where the answer took the SDK's way.
      const items = fields && Array.isArray(found) ? ItemTexts.of(found, fields) : found;
      const page = { items, lastKey };
      for (const call of batch) settle(call, () => call.resolve(page));
    } catch (error) {
      // Of equal queries none is the culprit.
      for (const call of batch) settle(call, () => call.reject(error));
    }
  }
}
