import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from "@aws-sdk/lib-dynamodb";
import { backoff } from "./backoff.ts";
import { type Call, Coalescer, settle } from "./coalescer.ts";
import type { Deadline } from "./deadline.ts";
import { isTransient, overloaded, toDomainError } from "./errors.ts";
import type { Identify } from "./identity.ts";

export type Action = NonNullable<TransactWriteCommandInput["TransactItems"]>[number];

type TransactionCall = Call<Action[], void>;

const ACTIONS = 100;

/**
 * Transactions. Concurrent ones that touch different items are committed as one, for the same write
 * units. When one fails its condition, the others are sent again.
 */
export class Transactions {
  readonly #client: DynamoDBDocumentClient;
  readonly #identify: Identify;
  readonly #coalescer: Coalescer<Action[], void>;

  constructor(client: DynamoDBDocumentClient, identify: Identify, parallel: number) {
    this.#client = client;
    this.#identify = identify;
    this.#coalescer = new Coalescer({
      send: (batch, signal) => this.#send(batch, signal),
      size: ACTIONS,
      parallel,
      items: (actions) => actions.map((action) => this.#itemOf(action)),
    });
  }

  /**
   * Runs all actions, or none.
   * @throws TransactionCanceledException with a reason per action when a condition does not hold
   */
  commit(actions: Action[], deadline: Deadline): Promise<void> {
    return this.#coalescer.call(actions, deadline);
  }

  #itemOf({ Put, Update, Delete, ConditionCheck }: Action): string {
    if (Put) return this.#identify(Put.TableName as string, Put.Item ?? {});
    const { TableName, Key } = Update ?? Delete ?? ConditionCheck ?? {};
    return this.#identify(TableName as string, Key ?? {});
  }

  async #send(batch: TransactionCall[], signal: AbortSignal): Promise<void> {
    let waiting = batch;
    for (let attempt = 1; waiting.length > 0; attempt++) {
      // A new command, and so a new idempotency token, per attempt; the SDK's own retries share
      // one.
      const command = new TransactWriteCommand({
        TransactItems: waiting.flatMap(({ request }) => request),
      });
      try {
        await this.#client.send(command, { abortSignal: signal });
        for (const call of waiting) settle(call, () => call.resolve());
        return;
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw toDomainError(error);
        const innocent = withoutTheGuilty(waiting, error);
        // Items were locked for a moment.
        if (innocent.length === waiting.length) await backoff(attempt, signal);
        waiting = innocent;
      }
    }
  }
}

/** Fails the transactions whose conditions did not hold; returns the rest. */
function withoutTheGuilty(
  calls: TransactionCall[],
  error: TransactionCanceledException,
): TransactionCall[] {
  const reasons = error.CancellationReasons ?? [];
  // Without a reason a retry would not help.
  if (reasons.every(({ Code = "None" }) => Code === "None")) throw error;
  let position = 0;
  return calls.filter((call) => {
    const own = reasons.slice(position, position + call.request.length);
    position += call.request.length;
    const codes = own.map(({ Code = "None" }) => Code).filter((code) => code !== "None");
    if (codes.every(isTransient)) {
      if (codes.length > 0) call.late = overloaded(error);
      return true;
    }
    const { message, $metadata } = error;
    const failure = new TransactionCanceledException({
      message,
      $metadata,
      CancellationReasons: own,
    });
    settle(call, () => call.reject(failure));
    return false;
  });
}
