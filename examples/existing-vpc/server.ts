import { createServer } from "node:http";

const server = createServer((_request, response) => {
  response.end("Hello from a network that was there already.\n");
});
server.listen(Number(process.env.PORT ?? 3000));
