import type { QueryCommandInput } from "@aws-sdk/lib-dynamodb";
import { Database, type DatabaseOptions } from "@steadfast/core";

import type { Deadline } from "../../src/dynamodb/deadline.ts";
import type { Page } from "../../src/dynamodb/queries.ts";
import type { WriteRequest } from "../../src/dynamodb/writes.ts";

/**
 * A database whose index shows an item some time after it was written, as a global secondary index
 * may. The local engine's index never lags.
 */
export class LaggingDatabase extends Database {
  readonly #lag: number;
  readonly #visibleAt = new Map<unknown, number>();

  constructor({ lag, ...options }: DatabaseOptions & { lag: number }) {
    super(options);
    this.#lag = lag;
  }

  override async write(request: WriteRequest, deadline?: Deadline): Promise<void> {
    if (!request.Item) return super.write(request, deadline);
    // Hidden from before the write …
    this.#visibleAt.set(request.Item.id, Number.POSITIVE_INFINITY);
    await super.write(request, deadline);
    // … until the lag after it is over.
    this.#visibleAt.set(request.Item.id, performance.now() + this.#lag);
  }

  override async query<Item>(request: QueryCommandInput, deadline?: Deadline): Promise<Page<Item>> {
    const now = performance.now();
    const page = await super.query<Item & { id: string }>(request, deadline);
    const visible = page.items.filter((item) => (this.#visibleAt.get(item.id) ?? 0) <= now);
    return { ...page, items: visible };
  }
}
