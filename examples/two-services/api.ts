import { createServer } from "node:http";

const server = createServer(({ url }, response) => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(url === "/api/health" ? { healthy: true } : { hello: "world" }));
});
server.listen(Number(process.env.PORT ?? 3000));
