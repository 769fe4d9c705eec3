import { buildApp } from "@steadfast/api";
import { type Database, Passwords, Posts, Removals, Users } from "@steadfast/core";
import { createLogger } from "@steadfast/core/process";
import { loadConfig } from "../../../packages/api/src/config.ts";
import { Dependencies } from "../../../packages/api/src/dependencies.ts";
import { Readiness } from "../../../packages/api/src/readiness.ts";
import { linkedTokenSecret } from "../../../packages/api/src/tokens.ts";
import { announce } from "./sample.ts";

class NoHashing extends Passwords {
  override async hash(): Promise<string> {
    return "not hashed here";
  }
  override async verify(): Promise<boolean> {
    return true;
  }
  override isOutdated(): boolean {
    return false;
  }
}

/**
 * Serves this API as `server.ts` does, but for passwords, which are not hashed unless asked for: the
 * bench reports that cost apart.
 */
export async function serveSteadfast(
  database: Database,
  passwords: Passwords = new NoHashing(),
): Promise<void> {
  const removals = new Removals({ database });
  const posts = new Posts({ database, removals });
  const config = loadConfig();
  const app = await buildApp({
    config,
    database,
    users: new Users({ database, passwords, removals }),
    posts,
    readiness: new Readiness(() => database.ping()),
    dependencies: new Dependencies({ DynamoDB: () => database.ping() }),
    tokenSecret: linkedTokenSecret(),
    logger: createLogger(config.LOG_LEVEL, false),
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  announce(app.server);
}
