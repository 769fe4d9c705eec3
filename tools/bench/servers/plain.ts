/**
 * (c) The same routes as people write them: Fastify, and a call of the SDK's document client for
 * every item. Passwords are not hashed; the bench reports that cost apart.
 */
import { serveFastify } from "../peers/fastify.ts";
import { libDynamoDb } from "../peers/lib-dynamodb.ts";

await serveFastify(libDynamoDb);
