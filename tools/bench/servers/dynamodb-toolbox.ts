/** (g) As (c), with dynamodb-toolbox's entities. */
import { Entity } from "dynamodb-toolbox/entity";
import { GetItemCommand } from "dynamodb-toolbox/entity/actions/get";
import { PutItemCommand } from "dynamodb-toolbox/entity/actions/put";
import { PutTransaction } from "dynamodb-toolbox/entity/actions/transactPut";
import { execute } from "dynamodb-toolbox/entity/actions/transactWrite";
import { item } from "dynamodb-toolbox/schema/item";
import { string } from "dynamodb-toolbox/schema/string";
import { Table } from "dynamodb-toolbox/table";
import { QueryCommand } from "dynamodb-toolbox/table/actions/query";
import { serveFastify } from "../peers/fastify.ts";
import { documents } from "../peers/lib-dynamodb.ts";
import { PAGE, TABLES } from "../peers/store.ts";

/** The items are those of the other servers: without attributes of the library's own. */
const BARE = { entityAttribute: false, timestamps: false } as const;

const users = new Table({
  name: TABLES.Users,
  documentClient: documents,
  partitionKey: { name: "id", type: "string" },
});
const logins = new Table({
  name: TABLES.Logins,
  documentClient: documents,
  partitionKey: { name: "login", type: "string" },
});
const posts = new Table({
  name: TABLES.Posts,
  documentClient: documents,
  partitionKey: { name: "id", type: "string" },
  indexes: {
    UserIdIndex: {
      type: "global",
      partitionKey: { name: "user_id", type: "string" },
      sortKey: { name: "date", type: "string" },
    },
  },
});
const user = new Entity({
  ...BARE,
  name: "User",
  table: users,
  schema: item({
    id: string().key(),
    name: string(),
    login: string(),
    password: string(),
    created: string(),
  }),
});
const login = new Entity({
  ...BARE,
  name: "Login",
  table: logins,
  schema: item({ login: string().key(), user_id: string() }),
});
const post = new Entity({
  ...BARE,
  name: "Post",
  table: posts,
  schema: item({
    id: string().key(),
    user_id: string(),
    content: string(),
    date: string(),
    last_update: string(),
  }),
});

await serveFastify({
  async user(id, consistent = false) {
    const { Item } = await user.build(GetItemCommand).key({ id }).options({ consistent }).send();
    return Item;
  },
  async post(id) {
    const { Item } = await post.build(GetItemCommand).key({ id }).send();
    return Item;
  },
  async posts(id) {
    const { Items = [], LastEvaluatedKey } = await posts
      .build(QueryCommand)
      .entities(post)
      .query({ index: "UserIdIndex", partition: id })
      .options({ reverse: true, limit: PAGE, entityAttrFilter: false })
      .send();
    return { items: Items, more: LastEvaluatedKey !== undefined };
  },
  async putPost(one) {
    await post.build(PutItemCommand).item(one).send();
  },
  async createUser(one) {
    await execute(
      user
        .build(PutTransaction)
        .item(one)
        .options({ condition: { attr: "id", exists: false } }),
      login
        .build(PutTransaction)
        .item({ login: one.login.toLowerCase(), user_id: one.id })
        .options({ condition: { attr: "login", exists: false } }),
    );
  },
});
