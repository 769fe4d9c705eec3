/**
 * Removes a user and dies by SIGKILL in the middle of the sweep: after this many posts, with others
 * in flight.
 *
 * Usage: node die-while-removing.ts <user id> <posts>
 */
import { ANYBODY, Database } from "@steadfast/core";
import { makeCore, makeSweeper, PATIENT } from "./core.ts";

const [userId = "", posted] = process.argv.slice(2);

class DeadlyDatabase extends Database {
  #done = 0;

  override async write(...request: Parameters<Database["write"]>): Promise<void> {
    await super.write(...request);
    if (++this.#done === Number(posted)) process.kill(process.pid, "SIGKILL");
  }
}

const core = makeCore({ database: new DeadlyDatabase(PATIENT) });
makeSweeper(core).start();
await core.users.remove(userId, ANYBODY);
// A sweeper alone does not keep the process alive.
setInterval(() => {}, 1000);
