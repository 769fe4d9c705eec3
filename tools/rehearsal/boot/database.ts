import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  type TableDescription,
} from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";
import { startDynoxide } from "@steadfast/local";
import type { Cloud } from "../checks/cloud.ts";
import { present } from "../checks/expect.ts";
import type { Links } from "../checks/links.ts";
import type { StoredPost } from "./load/ledger.ts";

/** The machines' DynamoDB: a fast engine with the deployed tables. */
export interface Database {
  port: number;
  /** All posts of these users. */
  posts(authors: string[]): Promise<StoredPost[]>;
  /** Accepts connections from now on and never answers, like an overloaded service. */
  pause(): void;
  /** Answers again. */
  resume(): void;
  stop(): Promise<void>;
}

/**
 * Starts an engine in memory with the emulator's tables; the emulator itself is too slow for the
 * load.
 */
export async function startDatabase(cloud: Cloud, links: Links): Promise<Database> {
  const engine = await startDynoxide();
  const client = new DynamoDBClient({
    endpoint: engine.endpoint,
    region: cloud.region,
    credentials: { accessKeyId: "rehearsal", secretAccessKey: "rehearsal" },
  });
  try {
    await copyTables(cloud, links, client);
  } catch (error) {
    await engine.stop();
    throw error;
  }
  return {
    port: Number(new URL(engine.endpoint).port),
    posts: (authors) => readPosts(client, links.tables.Posts, new Set(authors)),
    pause: () => process.kill(engine.pid, "SIGSTOP"),
    resume: () => process.kill(engine.pid, "SIGCONT"),
    async stop() {
      client.destroy();
      // A paused process gets no other signal.
      process.kill(engine.pid, "SIGCONT");
      await engine.stop();
    },
  };
}

async function copyTables(cloud: Cloud, links: Links, client: DynamoDBClient): Promise<void> {
  for (const TableName of Object.values(links.tables)) {
    const { Table } = await cloud.dynamoDb.send(new DescribeTableCommand({ TableName }));
    await client.send(createCommand(present(Table, `table ${TableName}`)));
  }
}

/** The request that creates the same table again. */
export function createCommand(table: TableDescription): CreateTableCommand {
  return new CreateTableCommand({
    TableName: table.TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: table.AttributeDefinitions,
    KeySchema: table.KeySchema,
    ...(table.GlobalSecondaryIndexes?.length && {
      GlobalSecondaryIndexes: table.GlobalSecondaryIndexes.map(
        ({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }),
      ),
    }),
  });
}

async function readPosts(client: DynamoDBClient, table: string, authors: Set<string>) {
  const pages = paginateScan(
    { client: DynamoDBDocumentClient.from(client) },
    { TableName: table, ConsistentRead: true },
  );
  const posts: StoredPost[] = [];
  for await (const { Items = [] } of pages) {
    for (const item of Items as StoredPost[]) if (authors.has(item.user_id)) posts.push(item);
  }
  return posts;
}
