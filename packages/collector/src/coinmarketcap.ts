import type { Quote } from "@steadfast/core/quotes";
import { parseError, parseQuotes, type Wanted } from "./answer.ts";
import { Failure, failureOf } from "./failure.ts";

/** A hundred coins need less than half. */
const LONGEST_ANSWER = 1024 * 1024;

export interface CoinMarketCapOptions extends Wanted {
  /** Base URL. */
  url: string;
  apiKey: string;
  /** Milliseconds. */
  timeout: number;
}

/** Client of CoinMarketCap's latest quotes. */
export class CoinMarketCap {
  readonly #options: CoinMarketCapOptions;
  readonly #url: URL;

  constructor(options: CoinMarketCapOptions) {
    this.#options = options;
    this.#url = new URL(`${options.url}/v1/cryptocurrency/quotes/latest`);
    this.#url.searchParams.set("symbol", options.symbols.join(","));
    this.#url.searchParams.set("convert", options.currency);
  }

  /** Requests once. @throws Failure */
  async latest(signal?: AbortSignal): Promise<Quote[]> {
    const { apiKey, timeout } = this.#options;
    const late = AbortSignal.timeout(timeout);
    try {
      const response = await fetch(this.#url, {
        headers: { "x-cmc_pro_api_key": apiKey, accept: "application/json" },
        // Never sends the key to another address.
        redirect: "error",
        signal: signal ? AbortSignal.any([late, signal]) : late,
      });
      const text = await readText(response);
      if (response.status === 200) return parseQuotes(text, this.#options);
      const { code, message = "" } = parseError(text);
      throw failureOf(response.status, code, message, response.headers.get("retry-after"));
    } catch (error) {
      throw error instanceof Failure ? error : connectionFailure(error as Error, late, timeout);
    }
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > LONGEST_ANSWER) {
      const message = `The answer is invalid: it is longer than ${LONGEST_ANSWER} bytes.`;
      throw new Failure({ name: "InvalidAnswer", remedy: "retry" }, message);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function connectionFailure(error: Error, late: AbortSignal, timeout: number): Failure {
  if (late.aborted) {
    const message = `No answer within ${timeout / 1000} s.`;
    return new Failure({ name: "Timeout", remedy: "retry" }, message, { cause: error });
  }
  const { code, message: reason = error.message } = (error.cause ?? {}) as NodeJS.ErrnoException;
  const message = `No connection: ${code ?? reason}.`;
  return new Failure({ name: "Unreachable", remedy: "retry" }, message, { cause: error });
}
