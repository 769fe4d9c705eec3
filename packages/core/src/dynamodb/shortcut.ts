import { randomUUID } from "node:crypto";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import type {
  HttpHandlerOptions,
  HttpRequest,
  HttpResponse,
  RequestHandler,
  RequestHandlerOutput,
  RequestSigner,
} from "@smithy/types";
import { DomainError } from "../errors.ts";
import { toDomainError } from "./errors.ts";
import { type Fields, readPage } from "./item-text.ts";
import { fromWire, toWire, type WireCall } from "./wire.ts";

type Answer = Promise<RequestHandlerOutput<HttpResponse>>;

interface Options extends HttpHandlerOptions {
  /** The answer to this call, when it has come already. Counts once: a repetition is sent. */
  answer?: Answer | undefined;
  /** Fields that a `Query`'s items are to have as text; a hint, which the SDK does not know. */
  fields?: Fields | undefined;
}

/** Where the SDK sends its requests, and what they have in common. */
interface Pattern {
  request: HttpRequest;
  region: string;
  service: string;
}

/** What the SDK's quota of retries holds. Each call that succeeds at once gives one back. */
const QUOTA = 500;

/** What a call can take from it at most: two retries, 14 each. */
const TAKEN = 28;

/** Headers of a request that are the same for all. */
const COMMON = ["host", "content-type", "user-agent", "x-amz-user-agent"];

/** Sends requests on, and remembers what those of the SDK look like. */
export class ShortcutHandler
  implements RequestHandler<HttpRequest, HttpResponse, HttpHandlerOptions>
{
  readonly #inner: RequestHandler<HttpRequest, HttpResponse, HttpHandlerOptions>;
  #pattern: Pattern | undefined;

  constructor(inner: RequestHandler<HttpRequest, HttpResponse, HttpHandlerOptions>) {
    this.#inner = inner;
  }

  get metadata() {
    return this.#inner.metadata ?? { handlerProtocol: "http/1.1" };
  }

  /** `undefined` before the SDK's first request. */
  get pattern(): Pattern | undefined {
    return this.#pattern;
  }

  /** For the SDK. */
  handle(request: HttpRequest, options: Options = {}): Answer {
    this.#pattern = patternOf(request) ?? this.#pattern;
    const { answer } = options;
    options.answer = undefined;
    return answer ?? this.send(request, options);
  }

  send(request: HttpRequest, options: HttpHandlerOptions): Answer {
    return this.#inner.handle(request, options);
  }

  destroy(): void {
    this.#inner.destroy?.();
  }
}

/** A command, and the SDK's type for what it takes to send it. */
type Sent = Parameters<DynamoDBDocumentClient["send"]>[0];

/**
 * The SDK's document client, with a shortcut for the most frequent calls: a `BatchGetItem`,
 * `BatchWriteItem`, `TransactWriteItems` or `Query` is written, signed, sent and read without the
 * SDK's middleware, which takes several times the CPU time of all that.
 *
 * The shortcut knows success alone, and text alone. Anything else is handed over to the SDK together
 * with the answer that has come, so that errors, retries, clock skew and rare types are the SDK's
 * affair and nothing is sent twice. Where to send, and for which region to sign, is learnt from the
 * SDK's own requests: the first call goes its way.
 */
export class ShortcutClient extends DynamoDBDocumentClient {
  readonly #handler: ShortcutHandler;
  #signer: Promise<RequestSigner> | undefined;
  /** Calls that go the SDK's way, so that its quota of retries fills again. */
  #owed = 0;

  /** @param handler which `client` has, too */
  constructor(client: DynamoDBClient, handler: ShortcutHandler) {
    super(client);
    this.#handler = handler;
  }

  // The SDK's types let a command say what its output is; `never` is any of them.
  override async send(command: Sent, options: object = {}): Promise<never> {
    // The same for all attempts, whoever makes them: DynamoDB knows a repetition by it.
    if (command instanceof TransactWriteCommand) command.input.ClientRequestToken ??= randomUUID();
    const { pattern } = this.#handler;
    const call = pattern && this.#owed === 0 ? toWire(command) : undefined;
    if (!call || !pattern) return this.#leaveToSdk(command, options);
    const answer = this.#sendCall(call, pattern, options);
    const output = await answer
      .then((come) => read(come, (options as Options).fields))
      .catch(() => undefined);
    return (output as never) ?? this.#leaveToSdk(command, { ...options, answer });
  }

  async #leaveToSdk(command: Sent, options: Options): Promise<never> {
    try {
      const output = await super.send(command, options);
      const retried = (output.$metadata?.attempts ?? 1) > 1;
      this.#owe(retried ? TAKEN : -1);
      return output as never;
    } catch (error) {
      if (toDomainError(error) instanceof DomainError) this.#owe(TAKEN);
      throw error;
    }
  }

  #owe(more: number): void {
    this.#owed = Math.min(QUOTA, Math.max(0, this.#owed + more));
  }

  async #sendCall({ operation, body }: WireCall, pattern: Pattern, options: HttpHandlerOptions) {
    const { request, region, service } = pattern;
    const headers = { ...request.headers, "x-amz-target": `DynamoDB_20120810.${operation}` };
    // One for all calls: it asks for credentials each time.
    this.#signer ??= this.config.signer();
    const signer = await this.#signer;
    const signed = await signer.sign(
      { ...request, headers, body },
      {
        signingDate: new Date(Date.now() + this.config.systemClockOffset),
        signingRegion: region,
        signingService: service,
      },
    );
    return this.#handler.send(signed, options);
  }
}

function patternOf(request: HttpRequest): Pattern | undefined {
  const { authorization = "", ...headers } = request.headers;
  const [, region, service] = authorization.match(/Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)/) ?? [];
  if (!region || !service) return undefined;
  const common = Object.entries(headers).filter(([name]) => COMMON.includes(name));
  return { request: { ...request, headers: Object.fromEntries(common) }, region, service };
}

function read({ response }: Awaited<Answer>, fields?: Fields): object | undefined {
  if (response.statusCode !== 200) return undefined;
  return fields ? readPage(response.body, fields) : fromWire(response.body.toString());
}
