import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";

/** Milliseconds between two looks for connections that became silent while the server closes. */
const INTERVAL = 50;

/**
 * The connections of an HTTP server by what they wait for, so that its end waits for answers and for
 * nothing else.
 *
 * Node itself closes what has been idle since its last answer. It takes a connection for busy that has
 * never sent a request, such as a browser's spare one, and would wait for as long as it may take.
 */
export class Connections {
  readonly #server: Server;
  /** Requests without an answer, by connection. */
  readonly #pending = new Map<Socket, number>();

  constructor(server: Server) {
    this.#server = server;
    // What a request names as its connection is what TLS made of it.
    const event = server instanceof HttpsServer ? "secureConnection" : "connection";
    server.on(event, (socket: Socket) => {
      this.#pending.set(socket, 0);
      socket.once("close", () => this.#pending.delete(socket));
    });
  }

  /** A request has arrived and waits for its answer. */
  asked({ socket }: IncomingMessage, response: ServerResponse): void {
    this.#add(socket, 1);
    // After the last byte of the answer, or when the connection broke.
    response.once("close", () => this.#add(socket, -1));
  }

  /**
   * Closes each connection that waits for no answer, at once and until the server has closed. Call it when
   * the server has stopped listening.
   */
  closeSilent(): void {
    const close = () => {
      for (const [socket, pending] of this.#pending) if (pending === 0) socket.destroy();
    };
    // What has arrived is read before: it may be a request.
    setImmediate(() => setImmediate(close));
    const timer = setInterval(close, INTERVAL).unref();
    this.#server.once("close", () => clearInterval(timer));
  }

  #add(socket: Socket, count: number): void {
    const pending = this.#pending.get(socket);
    if (pending !== undefined) this.#pending.set(socket, pending + count);
  }
}
