/**
 * Serves on a free port, which it sends to its parent, and keeps its event loop busy half the time.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const server = createServer((_, response) => response.end("live")).listen(0, "127.0.0.1", () => {
  process.send?.((server.address() as AddressInfo).port);
});

setInterval(() => {
  const end = performance.now() + 200;
  while (performance.now() < end);
}, 400);
