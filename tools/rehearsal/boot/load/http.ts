import { Agent, request } from "node:http";

export interface Answer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
}

export interface Call {
  method: string;
  path: string;
  body?: unknown;
  token?: string | undefined;
}

/**
 * An HTTP client over kept connections that repeats nothing, so that a request that fails is one that
 * a user would see fail.
 */
export class HttpClient {
  readonly #origin: string;
  readonly #timeout: number;
  readonly #agent: Agent;

  /**
   * @param origin e.g. `http://127.0.0.1:8080`
   * @param timeout milliseconds after which a silent connection counts as failed
   */
  constructor(origin: string, timeout = 10_000) {
    this.#origin = origin;
    this.#timeout = timeout;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 512, timeout: timeout + 1000 });
  }

  /** @throws an error with a `code` when there is no answer */
  send({ method, path, body, token }: Call): Promise<Answer> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      ...(payload !== undefined && {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(payload),
      }),
      ...(token && { authorization: `Bearer ${token}` }),
    };
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, this.#origin), { method, headers, agent: this.#agent });
      // Silence of the whole exchange, not of the socket: a response that never ends counts too.
      const timer = setTimeout(() => {
        sent.destroy(Object.assign(new Error("no answer in time"), { code: "TIMEOUT" }));
      }, this.#timeout);
      const settle = (action: () => void) => {
        clearTimeout(timer);
        action();
      };
      sent.once("error", (error) => settle(() => reject(error)));
      sent.once("response", (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        response.once("error", (error) => settle(() => reject(error)));
        response.once("end", () =>
          settle(() =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
          ),
        );
      });
      sent.end(payload);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
