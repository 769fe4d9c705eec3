import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  if (pathname === "/slow") await sleep(Number(searchParams.get("ms")));
  if (pathname === "/link") response.end(process.env.LINKED);
  else response.end(`node:http ${process.pid}`);
});
server.listen(process.env.PORT || 3000);

process.on("SIGTERM", () => {
  console.info("closing");
  server.close((error) => {
    console.info(error ? `not closed: ${error.message}` : "closed");
    process.exit(error ? 1 : 0);
  });
});
