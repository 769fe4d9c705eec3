/**
 * Judges calls as they arrive, so that the emulator refuses what a policy denies; see `judged.py`.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { Call as Recorded } from "../report.ts";
import { type Callers, judge } from "./judge.ts";

/** A call; with `made: false` a hypothetical one, which is not counted. */
type Call = Recorded & { made?: boolean };

/** A server that the emulator asks whether a call is allowed. */
export class Gate {
  /** Calls that were refused, in order: `role: action on resource`. */
  refused: string[] = [];
  /** How many were evaluated. */
  evaluated = 0;
  readonly #server: Server;
  readonly #callers: Callers;

  private constructor(callers: Callers) {
    this.#callers = callers;
    this.#server = createServer(async (request, response) => {
      try {
        response.end(JSON.stringify({ refused: await this.#judge((await json(request)) as Call) }));
      } catch (error) {
        console.error(error);
        response.writeHead(500).end();
      }
    });
  }

  /** Starts on a free port of 127.0.0.1. */
  static async start(callers: Callers): Promise<Gate> {
    const gate = new Gate(callers);
    await new Promise<void>((listens) => gate.#server.listen(0, "127.0.0.1", listens));
    return gate;
  }

  /** The emulator's settings for it. */
  get control(): { judge: string; judged: string[] } {
    const { port } = this.#server.address() as AddressInfo;
    return { judge: `http://127.0.0.1:${port}`, judged: [...this.#callers.keys()] };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  async #judge(call: Call): Promise<string[]> {
    const { evaluated, refused } = await judge([call], this.#callers);
    if (call.made === false) return refused;
    this.evaluated += evaluated;
    this.refused.push(...refused);
    return refused;
  }
}
