import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Milliseconds between two looks for connections that became silent while the server closes. */
const INTERVAL = 50;

/**
 * The connections of an HTTP server by what they wait for, so that its end waits for answers and for
 * nothing else.
 *
 * Node itself closes what has been idle since its last answer. It takes for busy what has never sent a
 * request, half a head of one, TLS, garbage, or less of a body than was promised and answered already: a
 * browser's spare connection would hold up the end for as long as it may take.
 */
export class Connections {
  readonly #server: Server;
  /** Requests without an answer, by connection. */
  readonly #pending = new Map<Socket, number>();

  constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => this.#opened(socket));
    server.prependListener("request", ({ socket }, response) => this.#asked(socket, response));
  }

  /**
   * Closes each connection that waits for no answer, at once and until the server has closed. Call it when
   * the server is about to stop listening.
   */
  closeSilent(): void {
    if (!this.#server.listening) return;
    const close = () => {
      for (const [socket, pending] of this.#pending) if (pending === 0) socket.destroy();
    };
    // What has arrived is read before: it may be a request.
    setImmediate(() => setImmediate(close));
    const timer = setInterval(close, INTERVAL).unref();
    this.#server.once("close", () => clearInterval(timer));
  }

  #opened(socket: Socket): void {
    this.#pending.set(socket, 0);
    socket.once("close", () => this.#pending.delete(socket));
  }

  #asked(socket: Socket, response: ServerResponse): void {
    this.#add(socket, 1);
    // After the last byte of the answer, or when the connection broke.
    response.once("close", () => this.#add(socket, -1));
  }

  #add(socket: Socket, count: number): void {
    const pending = this.#pending.get(socket);
    if (pending !== undefined) this.#pending.set(socket, pending + count);
  }
}
