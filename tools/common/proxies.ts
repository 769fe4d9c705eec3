import { once } from "node:events";
import http from "node:http";
import type net from "node:net";
import type { AddressInfo } from "node:net";

/** A server on loopback that a server under test calls. */
export interface Proxy {
  endpoint: string;
  stop(): void;
}

/** Capacity units that calls have consumed. */
export interface Capacity {
  read: number;
  write: number;
}

/** Adds up the capacity units that the database reports for each call. */
export async function startCountingProxy(endpoint: string): Promise<Proxy & { total: Capacity }> {
  const total: Capacity = { read: 0, write: 0 };
  const agent = new http.Agent({ keepAlive: true });
  const server = serving(async (request, response) => {
    const asked = { ...JSON.parse(await text(request)), ReturnConsumedCapacity: "TOTAL" };
    const body = JSON.stringify(asked);
    const headers = { ...request.headers, "content-length": Buffer.byteLength(body) };
    const forwarded = http.request(endpoint, { method: "POST", agent, headers }).end(body);
    const [answer] = (await once(forwarded, "response")) as [http.IncomingMessage];
    const answered = await text(answer);
    const units = unitsOf(JSON.parse(answered));
    total[/Get|Query/.test(String(request.headers["x-amz-target"])) ? "read" : "write"] += units;
    response.writeHead(answer.statusCode as number, answer.headers).end(answered);
  });
  return { ...(await listening(server)), total };
}

/** Accepts metrics and traces, and drops them. */
export function startCollector(): Promise<Proxy> {
  return listening(
    serving(async (request, response) => {
      await text(request);
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    }),
  );
}

function unitsOf({ ConsumedCapacity = [] }: { ConsumedCapacity?: unknown }): number {
  const tables = [ConsumedCapacity].flat() as { CapacityUnits: number }[];
  return tables.reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
}

/** A server under test may end during a request; then nobody waits for the answer. */
function serving(
  answer: (request: http.IncomingMessage, response: http.ServerResponse) => Promise<void>,
): http.Server {
  return http.createServer((request, response) => {
    answer(request, response).catch((error) => {
      if (!request.socket.destroyed) throw error;
    });
  });
}

async function text(stream: http.IncomingMessage): Promise<string> {
  return Buffer.concat(await stream.toArray()).toString();
}

async function listening(server: net.Server): Promise<Proxy> {
  const sockets = new Set<net.Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
