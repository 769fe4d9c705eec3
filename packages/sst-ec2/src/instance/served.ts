/** A program's server on the service's port, made fit for a balancer. */
import { Server as HttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Server as HttpsServer } from "node:https";
import type { Server } from "node:net";
import { Connections } from "./connections.ts";

/**
 * Milliseconds for which an idle connection is kept: longer than the 60 seconds of a balancer, or else it
 * would now and then send a request into a connection that closes that very moment, and answer 502.
 */
const KEEP_ALIVE = 65_000;

/** For a request's head, which Node wants to be longer. */
const HEADERS = KEEP_ALIVE + 1000;

/** What a balancer calls itself when it asks for health. */
const HEALTH_CHECKER = "ELB-HealthChecker";

/** A server on the service's port, from its first connection to its last answer. */
export class Served {
  readonly #server: Server;
  readonly #healthPath: string;
  readonly #connections: Connections | undefined;
  #draining = false;

  /** @param healthPath what the balancer asks for */
  constructor(server: Server, healthPath: string) {
    this.#server = server;
    this.#healthPath = healthPath;
    if (!(server instanceof HttpServer || server instanceof HttpsServer)) return;
    const http = server as HttpServer;
    this.#connections = new Connections(http);
    atLeast(http, "keepAliveTimeout", KEEP_ALIVE);
    atLeast(http, "headersTimeout", HEADERS);
    this.#watchRequests(http);
  }

  /** From now on the balancer hears that this process goes, and connections close after their answer. */
  drain(): void {
    this.#draining = true;
  }

  /**
   * Stops listening, and waits for the answers to what is under way.
   *
   * The program may close the server, too, and is told then that it did.
   */
  async close(): Promise<void> {
    const server = this.#server;
    if (!server.listening) return;
    await new Promise<void>((closed) => {
      server.close(() => closed());
      this.#connections?.closeSilent();
      server.close = (callback) => {
        if (callback) server.getConnections((_, open) => afterClose(server, open, callback));
        return server;
      };
      // A server that speaks something else than HTTP: only the program knows what is under way.
      if (!this.#connections) closed();
    });
  }

  /** No listener sees a request before this: what is answered here is nobody else's. */
  #watchRequests(server: HttpServer): void {
    const emit = server.emit.bind(server) as (event: string, ...args: unknown[]) => boolean;
    server.emit = (event: string, ...args: unknown[]): boolean => {
      if (event === "request" || event === "checkContinue") {
        const [request, response] = args as [IncomingMessage, ServerResponse];
        this.#connections?.asked(request, response);
        if (this.#draining) {
          response.shouldKeepAlive = false;
          if (this.#asksForHealth(request)) return refuse(response);
        }
      }
      return emit(event, ...args);
    };
  }

  /** Of the balancer alone: with "/" as its path a client's request is a request like any other. */
  #asksForHealth({ url, headers }: IncomingMessage): boolean {
    return url === this.#healthPath && !!headers["user-agent"]?.startsWith(HEALTH_CHECKER);
  }
}

function refuse(response: ServerResponse): true {
  response.writeHead(503, { "content-type": "text/plain" }).end("draining\n");
  return true;
}

function afterClose(server: Server, open: number, callback: (error?: Error) => void): void {
  if (open > 0) server.once("close", () => callback());
  else callback();
}

/** Holds a time-out of a server at a value or above it, whatever is set later; 0 means for ever. */
function atLeast(server: HttpServer, name: "keepAliveTimeout" | "headersTimeout", least: number) {
  const lift = (value: number) => (value === 0 ? 0 : Math.max(value, least));
  let value = lift(server[name]);
  Object.defineProperty(server, name, {
    configurable: true,
    enumerable: true,
    get: () => value,
    set: (wanted: number) => {
      value = lift(wanted);
    },
  });
}
