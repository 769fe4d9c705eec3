import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Done } from "./clients.ts";
import type { StoredPost } from "./ledger.ts";

/** One request. */
export interface Sample extends Done {
  /** When it was due, in milliseconds since the epoch. */
  at: number;
  /** Milliseconds from then to its end. */
  ms: number;
}

export interface LoadOptions {
  /** Where requests go, in turn. */
  urls: string[];
  /** Requests a second. */
  rate: number;
  /** Milliseconds after which a request without an answer has failed. */
  timeout: number;
}

export interface LoadResult {
  samples: Sample[];
  /** Writes that were acknowledged. */
  acknowledged: number;
  /** Reads that were wrong, and differences between what was acknowledged and the table. */
  mistakes: string[];
}

export type ToGenerator = { type: "start"; options: LoadOptions } | { type: "stop" };

export type FromGenerator =
  | { type: "running" }
  | {
      type: "result";
      samples: Sample[];
      authors: string[];
      acknowledged: number;
      mistakes: string[];
    }
  | { type: "compared"; mistakes: string[] }
  | { type: "failed"; reason: string };

const GENERATOR = fileURLToPath(new URL("generator.ts", import.meta.url));

/** A steady load that runs in a process of its own. */
export class Load {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /**
   * Registers the load's users, writes their first posts, and starts.
   *
   * @throws when that does not work
   */
  static async start(options: Partial<LoadOptions> & Pick<LoadOptions, "urls" | "rate">) {
    const child = fork(GENERATOR, { serialization: "advanced" });
    const load = new Load(child);
    load.#send({ type: "start", options: { timeout: 10_000, ...options } });
    await load.#next("running");
    return load;
  }

  /**
   * Ends it, waits for what is under way, and compares with the table.
   *
   * @param readPosts all posts of these users, as the table has them
   */
  async stop(readPosts: (authors: string[]) => Promise<StoredPost[]>): Promise<LoadResult> {
    this.#send({ type: "stop" });
    const { samples, acknowledged, authors, mistakes } = await this.#next("result");
    this.#child.send({ posts: await readPosts(authors) });
    const compared = await this.#next("compared");
    return { samples, acknowledged, mistakes: [...mistakes, ...compared.mistakes] };
  }

  /** Ends it at once; for cleaning up. */
  abort(): void {
    this.#child.kill("SIGKILL");
  }

  #send(message: ToGenerator): void {
    this.#child.send(message);
  }

  async #next<Type extends FromGenerator["type"]>(type: Type) {
    const ended = once(this.#child, "exit").then(() => {
      throw new Error("the load generator ended early");
    });
    ended.catch(() => {});
    const [message] = (await Promise.race([once(this.#child, "message"), ended])) as [
      FromGenerator,
    ];
    if (message.type === "failed") throw new Error(message.reason);
    if (message.type !== type) throw new Error(`the load generator said ${message.type}`);
    return message as Extract<FromGenerator, { type: Type }>;
  }
}
