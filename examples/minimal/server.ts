import { createServer } from "node:http";
import { Resource } from "sst";

const server = createServer((_request, response) => {
  response.end(`The notes are in ${Resource.Notes.name}.\n`);
});
server.listen(Number(process.env.PORT ?? 3000));
