import { createHistogram } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

/** What some clients experienced during a period. */
export interface Met {
  /** 99th percentile, in milliseconds. */
  p99: number;
  count: number;
  /** Posts that were written. */
  posts: number;
  /** Unsuccessful answers, and requests without one. */
  failures: number;
  /** Failures by reason and count: `POST /posts/: 503 The database …`. */
  reasons: Map<string, number>;
}

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Milliseconds between an answer and the client's next request. */
const THINK = 50;

/** Clients that write and read posts, each with its own account. */
export class Others {
  readonly #url: string;
  readonly #accounts: { id: string; token: string }[];
  #latencies = createHistogram();
  #posts = 0;
  #reasons = new Map<string, number>();
  #stopped = false;
  #running: Promise<unknown> | undefined;

  constructor(url: string, accounts: { id: string; token: string }[]) {
    this.#url = url;
    this.#accounts = accounts;
  }

  start(): void {
    this.#running = Promise.all(this.#accounts.map((account) => this.#client(account)));
  }

  /** Everything since the last call. */
  take(): Met {
    const p99 = this.#latencies.percentile(99) / 1000;
    const met = {
      p99,
      count: this.#latencies.count,
      posts: this.#posts,
      failures: [...this.#reasons.values()].reduce((sum, count) => sum + count, 0),
      reasons: this.#reasons,
    };
    this.#latencies = createHistogram();
    this.#posts = 0;
    this.#reasons = new Map();
    return met;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #client({ id, token }: { id: string; token: string }): Promise<void> {
    while (!this.#stopped) {
      const post = await this.#send("POST", "/posts/", token, { content: "Still here" });
      if (post) {
        this.#posts++;
        await this.#send("GET", `/posts/${post.id}`);
      }
      await this.#send("GET", `/users/${id}/posts?limit=5`);
    }
  }

  async #send(method: string, path: string, token?: string, body?: object) {
    await sleep(THINK);
    const started = performance.now();
    try {
      const response = await fetch(this.#url + path, {
        method,
        headers: {
          ...(body && { "content-type": "application/json" }),
          ...(token && { authorization: `Bearer ${token}` }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
      const answer = (await response.json()) as { id: string; detail?: string };
      this.#latencies.record(Math.max(1, Math.round((performance.now() - started) * 1000)));
      if (response.ok) return answer;
      this.#failed(method, path, `${response.status} ${answer.detail}`);
    } catch (error) {
      const { message, cause } = error as Error;
      this.#failed(method, path, cause instanceof Error ? cause.message : message);
    }
    return undefined;
  }

  #failed(method: string, path: string, why: string): void {
    const what = `${method} ${path.replace(UUID, "{id}")}: ${why.replaceAll(UUID, "{id}")}`;
    this.#reasons.set(what, (this.#reasons.get(what) ?? 0) + 1);
  }
}
