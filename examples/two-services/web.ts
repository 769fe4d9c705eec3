import { createServer } from "node:http";
import { Resource } from "sst";

const server = createServer((_request, response) => {
  response.setHeader("content-type", "text/html");
  response.end(`<p>The API is at <a href="/api">${Resource.Api.url}/api</a>.</p>\n`);
});
server.listen(Number(process.env.PORT ?? 3001));
