import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";

/** Milliseconds between two searches for silent connections while the server closes. */
const INTERVAL = 50;

/**
 * Tracks which connections of an HTTP server wait for an answer, so that shutdown waits for those
 * only.
 *
 * Node closes connections that are idle after an answer. It considers one busy that never sent a
 * request, such as a browser's spare one, and would wait for its timeout.
 */
export class Connections {
  readonly #server: Server;
  /** Unanswered requests by connection. */
  readonly #pending = new Map<Socket, number>();

  constructor(server: Server) {
    this.#server = server;
    // A request's connection is the one after TLS.
    const event = server instanceof HttpsServer ? "secureConnection" : "connection";
    server.on(event, (socket: Socket) => {
      this.#pending.set(socket, 0);
      socket.once("close", () => this.#pending.delete(socket));
    });
  }

  /** A request arrived and waits for its answer. */
  asked({ socket }: IncomingMessage, response: ServerResponse): void {
    this.#add(socket, 1);
    // After the last byte of the answer, or a broken connection.
    response.once("close", () => this.#add(socket, -1));
  }

  /**
   * Closes every connection that waits for no answer, now and until the server has closed. Call it
   * when the server stops listening.
   */
  closeSilent(): void {
    const close = () => {
      for (const [socket, pending] of this.#pending) if (pending === 0) socket.destroy();
    };
    // Reads what has arrived first: it may be a request.
    setImmediate(() => setImmediate(close));
    const timer = setInterval(close, INTERVAL).unref();
    this.#server.once("close", () => clearInterval(timer));
  }

  #add(socket: Socket, count: number): void {
    const pending = this.#pending.get(socket);
    if (pending !== undefined) this.#pending.set(socket, pending + count);
  }
}
