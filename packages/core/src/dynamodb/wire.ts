import {
  BatchGetCommand,
  type BatchGetCommandInput,
  BatchWriteCommand,
  type BatchWriteCommandInput,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from "@aws-sdk/lib-dynamodb";

/**
 * The wire format of the most frequent calls in the simple case: every attribute is a string and
 * everything asked for was processed. The SDK handles the rest.
 */

/** A call in wire format. */
export interface WireCall {
  operation: "BatchGetItem" | "BatchWriteItem" | "TransactWriteItems" | "Query";
  body: string;
}

type Item = Record<string, unknown>;
type WireItem = Record<string, { S: string }>;

/** Thrown for an attribute that is not a string. */
class NotText extends Error {}

/** What the SDK would send for a command, or `undefined` if it is not simple. */
export function toWire(command: unknown): WireCall | undefined {
  try {
    if (command instanceof BatchGetCommand) {
      return { operation: "BatchGetItem", body: JSON.stringify(reads(command.input)) };
    }
    if (command instanceof BatchWriteCommand) {
      return { operation: "BatchWriteItem", body: JSON.stringify(writes(command.input)) };
    }
    if (command instanceof TransactWriteCommand) {
      return { operation: "TransactWriteItems", body: JSON.stringify(actions(command.input)) };
    }
    if (command instanceof QueryCommand) {
      return { operation: "Query", body: JSON.stringify(query(command.input)) };
    }
  } catch (error) {
    if (!(error instanceof NotText)) throw error;
  }
  return undefined;
}

/** What the SDK would return for a successful answer, or `undefined` if it is not simple. */
export function fromWire(body: string): object | undefined {
  const { Responses, Items, LastEvaluatedKey, ...rest } = JSON.parse(body) as WireAnswer;
  // Numbers are counts. Anything else is unprocessed work, or something that was asked for.
  for (const name in rest) if (!isCountOrEmpty(rest[name])) return undefined;
  try {
    return {
      ...rest,
      ...(Responses && { Responses: mapValues(Responses, (items) => items.map(read)) }),
      ...(Items && { Items: Items.map(read) }),
      ...(LastEvaluatedKey && { LastEvaluatedKey: read(LastEvaluatedKey) }),
    };
  } catch (error) {
    if (error instanceof NotText) return undefined;
    throw error;
  }
}

/** An answer in wire format. */
interface WireAnswer {
  Responses?: Record<string, Item[]>;
  Items?: Item[];
  LastEvaluatedKey?: Item;
  [other: string]: unknown;
}

function isCountOrEmpty(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value === "number";
  for (const _ in value) return false;
  return true;
}

function reads({ RequestItems = {}, ...more }: BatchGetCommandInput) {
  const tables = mapValues(RequestItems, (table) => ({ ...table, Keys: table.Keys?.map(write) }));
  return { ...more, RequestItems: tables };
}

function writes({ RequestItems = {}, ...more }: BatchWriteCommandInput) {
  const tables = mapValues(RequestItems, (table) =>
    table.map(({ PutRequest, DeleteRequest }) => ({
      PutRequest: PutRequest && { Item: write(PutRequest.Item) },
      DeleteRequest: DeleteRequest && { Key: write(DeleteRequest.Key) },
    })),
  );
  return { ...more, RequestItems: tables };
}

function actions({ TransactItems = [], ...more }: TransactWriteCommandInput) {
  const written = TransactItems.map((action) => mapValues(action, writeAction));
  return { ...more, TransactItems: written };
}

function query({ ExclusiveStartKey, ExpressionAttributeValues, ...more }: QueryCommandInput) {
  return {
    ...more,
    ExclusiveStartKey: write(ExclusiveStartKey),
    ExpressionAttributeValues: write(ExpressionAttributeValues),
  };
}

/** The parts of an action that contain attributes. */
interface Attributes {
  Item?: Item | undefined;
  Key?: Item | undefined;
  ExpressionAttributeValues?: Item | undefined;
}

function writeAction(action: Attributes | undefined) {
  return (
    action && {
      ...action,
      Item: write(action.Item),
      Key: write(action.Key),
      ExpressionAttributeValues: write(action.ExpressionAttributeValues),
    }
  );
}

/** @throws NotText */
function write(item: Item | undefined): WireItem | undefined {
  if (!item) return undefined;
  const written: WireItem = {};
  for (const name in item) {
    const value = item[name];
    if (typeof value !== "string") throw new NotText();
    written[name] = { S: value };
  }
  return written;
}

/** @throws NotText */
function read(item: Item): Item {
  const values: Item = {};
  for (const name in item) {
    const text = (item[name] as { S?: string }).S;
    if (text === undefined) throw new NotText();
    values[name] = text;
  }
  return values;
}

function mapValues<Value, Result>(
  object: { [name: string]: Value },
  map: (value: Value) => Result,
): Record<string, Result> {
  const result: Record<string, Result> = {};
  for (const name in object) result[name] = map(object[name] as Value);
  return result;
}
