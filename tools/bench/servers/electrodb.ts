/** (h) As (c), with ElectroDB's entities. */
import { Entity, Service } from "electrodb";
import { serveFastify } from "../peers/fastify.ts";
import { documents } from "../peers/lib-dynamodb.ts";
import { PAGE, type Post, TABLES, type User } from "../peers/store.ts";

const text = { type: "string", required: true } as const;
const version = "1";
const service = "bench";

/** The tables are not ElectroDB's own: keys are as they are, items have no owner. */
const FOREIGN = { ignoreOwnership: true } as const;
const keyOf = <const Field extends string>(field: Field) => ({
  field,
  composite: [field] as [Field],
  template: `\${${field}}` as const,
  casing: "none" as const,
});

const user = new Entity(
  {
    model: { entity: "user", version, service },
    attributes: { id: text, name: text, login: text, password: text, created: text },
    indexes: { byId: { pk: keyOf("id") } },
  },
  { client: documents, table: TABLES.Users },
);
const login = new Entity(
  {
    model: { entity: "login", version, service },
    attributes: { login: text, user_id: text },
    indexes: { byLogin: { pk: keyOf("login") } },
  },
  { client: documents, table: TABLES.Logins },
);
const post = new Entity(
  {
    model: { entity: "post", version, service },
    attributes: { id: text, user_id: text, content: text, date: text, last_update: text },
    indexes: {
      byId: { pk: keyOf("id") },
      byUser: { index: "UserIdIndex", pk: keyOf("user_id"), sk: keyOf("date") },
    },
  },
  { client: documents, table: TABLES.Posts },
);
const registration = new Service({ user, login }, { client: documents });

await serveFastify({
  async user(id, consistent = false) {
    const { data } = await user.get({ id }).go({ ...FOREIGN, consistent });
    return (data ?? undefined) as User | undefined;
  },
  async post(id) {
    const { data } = await post.get({ id }).go(FOREIGN);
    return (data ?? undefined) as Post | undefined;
  },
  async posts(user_id) {
    const options = { ...FOREIGN, order: "desc", limit: PAGE } as const;
    const { data, cursor } = await post.query.byUser({ user_id }).go(options);
    return { items: data as Post[], more: cursor !== null };
  },
  async putPost(one) {
    await post.put(one).go();
  },
  async createUser(one) {
    const { canceled } = await registration.transaction
      .write((entities) => [
        entities.user.create(one).commit(),
        entities.login.create({ login: one.login.toLowerCase(), user_id: one.id }).commit(),
      ])
      .go();
    if (canceled) throw new Error("The login is taken.");
  },
});
