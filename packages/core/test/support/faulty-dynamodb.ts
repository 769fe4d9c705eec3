import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A received call: the operation, e.g. `GetItem`, and its request in wire format. */
export interface Call {
  operation: string;
  /** When it was signed. */
  signedAt: Date;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the SDK sends
  request: any;
}

/**
 * A call's fate instead of the engine's answer:
 * - `hang` no answer
 * - `reset` the connection is cut
 * - `stall` the answer stops half-way
 * - `lose` the engine executes it, but the answer is lost
 * - an answer of its own
 * - `request` the engine gets this one instead, and its answer gets the fields of `rest`
 */
export type Fault =
  | "hang"
  | "reset"
  | "stall"
  | "lose"
  | { status: number; body: unknown; type?: string }
  | { request: object; rest: object };

/** A DynamoDB error in wire format. */
export function failure(name: string, extra: object = {}): Fault {
  return {
    status: 400,
    body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: name, ...extra },
  };
}

/**
 * Leaves every other item or key of a one-table batch unprocessed, starting with the second.
 * @returns `undefined` if that leaves nothing to process, or nothing unprocessed
 */
export function partly({ operation, request }: Call): Fault | undefined {
  // biome-ignore lint/suspicious/noExplicitAny: whatever the SDK sends
  const [[table = "", content] = []] = Object.entries<any>(request.RequestItems ?? {});
  const all = content?.Keys ?? content;
  if (!Array.isArray(all) || all.length < 2) return undefined;
  const part = (odd: number) => {
    const some = all.filter((_, i) => i % 2 === odd);
    return { [table]: content.Keys ? { ...content, Keys: some } : some };
  };
  const rest = operation === "BatchGetItem" ? "UnprocessedKeys" : "UnprocessedItems";
  return { request: { ...request, RequestItems: part(0) }, rest: { [rest]: part(1) } };
}

/** A proxy before the real engine that records calls and fails on demand. */
export class FaultyDynamoDB {
  readonly calls: Call[] = [];
  /** How far its clock is ahead, in milliseconds. */
  ahead = 0;
  /** Decides the fate of each call; without a fault it goes to the engine. */
  fault: (call: Call) => Fault | undefined = () => undefined;
  readonly #engine: string;
  #server: Server | undefined;
  #port = 0;

  constructor(engine: string) {
    this.#engine = engine;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens on a free port; after {@link close}, on the same one as before. */
  async open(): Promise<this> {
    const server = createServer((request, response) => {
      // A client that gave up is no failure.
      this.#handle(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    return this;
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  /** Received operations in order. */
  operations(): string[] {
    return this.calls.map((call) => call.operation);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const operation = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
    const signedAt = readTime(String(request.headers["x-amz-date"]));
    const call = { operation, signedAt, request: JSON.parse(body.toString()) };
    this.calls.push(call);
    const fault = this.fault(call);
    if (fault === "hang") return;
    if (fault === "reset") {
      response.destroy();
      return;
    }
    response.setHeader("date", new Date(Date.now() + this.ahead).toUTCString());
    if (typeof fault === "object" && "status" in fault) {
      response.writeHead(fault.status, { "content-type": fault.type ?? JSON_TYPE });
      response.end(typeof fault.body === "string" ? fault.body : JSON.stringify(fault.body));
      return;
    }
    const answer = await fetch(this.#engine, {
      method: "POST",
      headers: Object.fromEntries(
        Object.entries(request.headers).filter(([name]) => FORWARDED.test(name)),
      ) as Record<string, string>,
      body: typeof fault === "object" ? JSON.stringify(fault.request) : body,
    });
    let bytes = Buffer.from(await answer.arrayBuffer());
    if (typeof fault === "object" && answer.ok) {
      bytes = Buffer.from(JSON.stringify({ ...JSON.parse(bytes.toString()), ...fault.rest }));
    }
    if (fault === "lose") {
      response.destroy();
      return;
    }
    response.writeHead(answer.status, {
      "content-type": JSON_TYPE,
      "content-length": bytes.byteLength,
    });
    if (fault === "stall") response.write(bytes.subarray(0, bytes.byteLength / 2));
    else response.end(bytes);
  }
}

/** Parses `20260131T120000Z`. */
function readTime(text: string): Date {
  return new Date(text.replace(/(....)(..)(..)T(..)(..)/, "$1-$2-$3T$4:$5:"));
}

const JSON_TYPE = "application/x-amz-json-1.0";
const FORWARDED = /^(x-amz-|authorization|content-type)/;
