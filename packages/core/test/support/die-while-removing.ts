/**
 * A process that removes a user and dies by SIGKILL in the middle of the sweep: after so many
 * posts, while others are on their way.
 *
 * Usage: node die-while-removing.ts <user id> <posts>
 */
import { ANYBODY, Database, Passwords, Posts, Users } from "@steadfast/core";
import { PATIENT } from "./core.ts";

const [userId = "", posted] = process.argv.slice(2);

class DeadlyDatabase extends Database {
  #done = 0;

  override async write(...request: Parameters<Database["write"]>): Promise<void> {
    await super.write(...request);
    if (++this.#done === Number(posted)) process.kill(process.pid, "SIGKILL");
  }
}

const database = new DeadlyDatabase(PATIENT);
const posts = new Posts({ database });
await new Users({ database, posts, passwords: new Passwords() }).remove(userId, ANYBODY);
