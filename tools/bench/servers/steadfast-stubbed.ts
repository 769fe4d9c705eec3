/**
 * (b2) This API with a database that answers at once out of memory: what is left when the database
 * costs nothing.
 */
import { type Database, ItemTexts } from "@steadfast/core";
import { serveSteadfast } from "./compose.ts";
import { POST, POSTS, USER } from "./sample.ts";

const TEXTS = ItemTexts.of(POSTS.items, Object.keys(POST));
const stub = {
  tables: { Users: "Users", Logins: "Logins", Posts: "Posts", Removals: "Removals" },
  deadline: () => undefined,
  get: async ({ TableName }: { TableName: string }) => (TableName === "Posts" ? POST : USER),
  query: async ({ TableName }: { TableName: string }) => ({
    items: TableName === "Posts" ? POSTS.items : [],
    lastKey: undefined,
  }),
  queryText: async () => ({ items: TEXTS, lastKey: undefined }),
  write: async () => {},
  transactWrite: async () => {},
  ping: async () => {},
};
await serveSteadfast(stub as unknown as Database);
