import { createServer } from "node:http";

// As a program in another language takes it: LISTEN_FDS counts from file descriptor 3.
const server = createServer(({ url }, response) => {
  response.end(url === "/link" ? process.env.LINKED : `socket ${process.pid}`);
});
server.keepAliveTimeout = 65_000;
server.listen(process.env.LISTEN_FDS ? { fd: 3 } : { port: process.env.PORT });

process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
