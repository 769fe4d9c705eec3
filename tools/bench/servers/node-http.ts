/** (a) Node's own HTTP server, without a framework and without a database: the floor. */
import { createServer } from "node:http";
import { announce, POST, POSTS, USER } from "./sample.ts";

const json = { "content-type": "application/json; charset=utf-8" };

const server = createServer((request, response) => {
  if (request.method === "GET") {
    const url = request.url as string;
    const answer = url.endsWith("/posts") ? POSTS : url.startsWith("/users/") ? USER : POST;
    response.writeHead(200, json).end(JSON.stringify(answer));
    return;
  }
  let body = "";
  request.setEncoding("utf8").on("data", (text) => {
    body += text;
  });
  request.on("end", () => {
    JSON.parse(body);
    const answer = request.url === "/users/" ? USER : POST;
    response.writeHead(201, json).end(JSON.stringify(answer));
  });
});
server.listen(0, "127.0.0.1", () => announce(server));
