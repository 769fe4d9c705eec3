import { createServer } from "node:http";

/** First file descriptor that systemd passes to a service with a socket. */
const SYSTEMD_FD = 3;

/** A version that listens, and is never ready. */
export async function serve(): Promise<void> {
  const server = createServer((_request, response) => {
    response.writeHead(503).end();
  });
  server.listen({ fd: SYSTEMD_FD });
  process.stdout.write("the rehearsal's version that is never ready\n");
}
