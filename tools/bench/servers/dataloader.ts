/** (f) As (c), with DataLoader before the reads by key: those of one turn become a `BatchGetItem`. */
import { BatchGetCommand } from "@aws-sdk/lib-dynamodb";
import DataLoader from "dataloader";
import { serveFastify } from "../peers/fastify.ts";
import { documents, libDynamoDb } from "../peers/lib-dynamodb.ts";
import { type Post, TABLES, type User } from "../peers/store.ts";

/** A loader that remembers nothing: the answers would not be true for long. */
function loaderOf<Item extends { id: string }>(table: string, ConsistentRead: boolean) {
  return new DataLoader<string, Item | undefined>(
    async (ids) => {
      const Keys = [...new Set(ids)].map((id) => ({ id }));
      const RequestItems = { [table]: { Keys, ConsistentRead } };
      const { Responses = {} } = await documents.send(new BatchGetCommand({ RequestItems }));
      const found = new Map((Responses[table] as Item[]).map((item) => [item.id, item]));
      return ids.map((id) => found.get(id));
    },
    { cache: false, maxBatchSize: 100 },
  );
}

const users = loaderOf<User>(TABLES.Users, false);
const usersNow = loaderOf<User>(TABLES.Users, true);
const posts = loaderOf<Post>(TABLES.Posts, false);

await serveFastify({
  ...libDynamoDb,
  user: (id, consistent) => (consistent ? usersNow : users).load(id),
  post: (id) => posts.load(id),
});
