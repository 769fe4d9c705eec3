import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Milliseconds between two searches for silent connections while the server closes. */
const INTERVAL = 50;

/**
 * Tracks which connections of an HTTP server wait for an answer, so that shutdown waits for those
 * only.
 *
 * Node closes connections that are idle after an answer. It considers others busy: one that never
 * sent a request, half a head, TLS, garbage, or an unfinished body that is already answered. A
 * browser's spare connection would delay the shutdown until its timeout.
 */
export class Connections {
  readonly #server: Server;
  /** Unanswered requests by connection. */
  readonly #pending = new Map<Socket, number>();

  constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => this.#opened(socket));
    server.prependListener("request", ({ socket }, response) => this.#asked(socket, response));
  }

  /**
   * Closes every connection that waits for no answer, now and until the server has closed. Call it
   * just before the server stops listening.
   */
  closeSilent(): void {
    if (!this.#server.listening) return;
    const close = () => {
      for (const [socket, pending] of this.#pending) if (pending === 0) socket.destroy();
    };
    // Reads what has arrived first: it may be a request.
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
    // After the last byte of the answer, or a broken connection.
    response.once("close", () => this.#add(socket, -1));
  }

  #add(socket: Socket, count: number): void {
    const pending = this.#pending.get(socket);
    if (pending !== undefined) this.#pending.set(socket, pending + count);
  }
}
