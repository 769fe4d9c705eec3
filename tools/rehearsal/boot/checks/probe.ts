import { Agent, type IncomingMessage, type RequestOptions, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Machine } from "../machine.ts";

/** An answer of a terminating instance, or its absence. */
export interface Sign {
  /** Milliseconds since the epoch. */
  at: number;
  path: string;
  /** Status, or why there was none. */
  outcome: number | string;
  /** Whether the answer ended its connection. */
  closes: boolean;
}

/**
 * Polls an instance's liveness and readiness, past the balancer and over one kept connection each, until
 * stopped.
 */
export class Probe {
  readonly signs: Sign[] = [];
  readonly #url: string;
  readonly #running: Promise<unknown>;
  #stopped = false;

  constructor({ url }: Machine) {
    this.#url = url;
    this.#running = Promise.all(["/health/ready", "/health/live"].map((path) => this.#ask(path)));
  }

  async stop(): Promise<Sign[]> {
    this.#stopped = true;
    await this.#running;
    return this.signs;
  }

  async #ask(path: string): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!this.#stopped) {
      const at = Date.now();
      const answer = await send(this.#url + path, { agent }).then(
        ({ statusCode = 0, headers }) => ({
          outcome: statusCode,
          closes: headers.connection === "close",
        }),
        (error: NodeJS.ErrnoException) => ({ outcome: error.code ?? error.message, closes: true }),
      );
      this.signs.push({ at, path, ...answer });
      await sleep(200);
    }
    agent.destroy();
  }
}

/** Sends a request, its body in two parts with a pause between them, and waits for the whole answer. */
export function send(
  url: string,
  options: RequestOptions = {},
  body: { parts: string[]; pauseSeconds: number } = { parts: [], pauseSeconds: 0 },
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { timeout: 20_000, ...options });
    sent.once("timeout", () => sent.destroy(new Error("no answer in time")));
    sent.once("error", reject);
    sent.once("response", (response) => {
      response.resume();
      response.once("end", () => resolve(response));
      response.once("error", reject);
    });
    const write = async () => {
      for (const [index, part] of body.parts.entries()) {
        if (index > 0) await sleep(body.pauseSeconds * 1000);
        sent.write(part);
      }
      sent.end();
    };
    write().catch(reject);
  });
}

/** A drain, as the signs show it. */
export interface Drain {
  /** When readiness failed first. */
  began: number;
  /** Seconds for which the process kept serving. */
  servedSeconds: number;
  /** Answers from then on. */
  answers: number;
  /** Those of them that left their connection open. */
  kept: number;
  /** How asking ended, e.g. `ECONNREFUSED`. */
  end: number | string | undefined;
}

/** Reads the signs. @throws when readiness never failed, or liveness failed while it was */
export function readDrain(signs: Sign[]): Drain {
  const ready = signs.filter(({ path }) => path === "/health/ready");
  const live = signs.filter(({ path }) => path === "/health/live");
  const first = ready.find(({ outcome }) => outcome !== 200);
  if (first?.outcome !== 503) {
    throw new Error(`readiness ended with ${first?.outcome ?? "nothing"}, not with 503`);
  }
  const served = live.filter(({ at, outcome }) => at >= first.at && outcome === 200);
  const answers = signs.filter(({ at, outcome }) => at > first.at && typeof outcome === "number");
  return {
    began: first.at,
    servedSeconds: ((served.at(-1)?.at ?? first.at) - first.at) / 1000,
    answers: answers.length,
    kept: answers.filter(({ closes }) => !closes).length,
    end: live.at(-1)?.outcome,
  };
}
