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

/** One action of a transaction. */
export type Action = NonNullable<TransactWriteCommandInput["TransactItems"]>[number];

type TransactionCall = Call<Action[], void>;

/** Actions in a `TransactWriteItems`, at most. */
const ACTIONS = 100;

/**
 * Transactions. Those that come at the same time and touch different items are committed as one;
 * that costs the same units as each alone. When one of them fails its condition, the whole group is
 * cancelled: it alone gets the failure, and the others are sent again without it.
 */
export class Transactions {
  readonly #client: DynamoDBDocumentClient;
  readonly #identify: Identify;
  readonly #coalescer: Coalescer<Action[], void>;

  /** @param parallel groups under way at once */
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
   * All of the actions, or none.
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
      // A command each, so that each attempt has an idempotency token of its own; the SDK's own
      // retries of a call share one.
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
        // Nobody is guilty when others held an item for a moment: then a little later.
        if (innocent.length === waiting.length) await backoff(attempt, signal);
        waiting = innocent;
      }
    }
  }
}

/** Fails those whose conditions did not hold, each with its own reasons; returns the others. */
function withoutTheGuilty(
  calls: TransactionCall[],
  error: TransactionCanceledException,
): TransactionCall[] {
  const reasons = error.CancellationReasons ?? [];
  // Cancelled for no reason that we know: nothing to be learnt from trying again.
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
