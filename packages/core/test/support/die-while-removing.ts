/**
 * A process that removes a user and dies by SIGKILL in the middle of the sweep: after so many
 * batches of posts, while others are on their way.
 *
 * Usage: node die-while-removing.ts <user id> <batches>
 */
import { Database, Passwords, Posts, Users } from "@steadfast/core";

const [userId = "", batches] = process.argv.slice(2);

class DeadlyDatabase extends Database {
  #done = 0;

  override async batchWrite(...request: Parameters<Database["batchWrite"]>): Promise<void> {
    await super.batchWrite(...request);
    if (++this.#done === Number(batches)) process.kill(process.pid, "SIGKILL");
  }
}

const database = new DeadlyDatabase({ deadline: 15_000 });
const posts = new Posts({ database });
await new Users({ database, posts, passwords: new Passwords() }).remove(userId);
