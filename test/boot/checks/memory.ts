import assert from "node:assert/strict";
import { randomInt, randomUUID } from "node:crypto";
import { Agent } from "node:http";
import type { Machine } from "../../../scripts/rehearse-boot/machine.ts";
import { send } from "./probe.ts";

/** Prints the memory of each process, in KiB: its most, and what of it is now its own. */
const LOOK = String.raw`
set -euo pipefail
for unit in $(systemctl list-units 'api@*.service' --state active --plain --no-legend | cut --delimiter ' ' --fields 1); do
  pid=$(systemctl show --property MainPID --value "$unit")
  field() { sed -n "s/^$1:[[:space:]]*\([0-9]*\).*/\1/p" "/proc/$pid/$2"; }
  echo "$(field VmHWM status) $(field Anonymous smaps_rollup)"
done
`;

/** What the kernel leaves of a t4g.micro's 1024 MiB, and what a process of two may have of that. */
const MICRO_MIB = 916;
const SHARE_MIB = Math.floor((MICRO_MIB * 0.5) / 2);

/** More than the queues of both processes hold, so that some are turned away. */
const AT_ONCE = 200;
const SECONDS = 6;

/**
 * Keeps the queues of passwords full, past the balancer, and looks what each process needed at most since
 * it started: less than its share of a micro. Measured, not enforced: few hosts give a machine inside
 * them a limit of its own.
 */
export async function checkMemory(machine: Machine): Promise<string> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const end = Date.now() + SECONDS * 1000;
  const outcomes: Record<number, number> = {};
  const client = async () => {
    while (Date.now() < end) {
      const status = await register(machine, agent);
      outcomes[status] = (outcomes[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  agent.destroy();
  const strange = Object.keys(outcomes).filter((status) => !/^(201|429|503)$/.test(status));
  assert.deepEqual(strange, [], "answers at a full queue");
  assert.ok((outcomes[503] ?? 0) > 0, `the queue was never full: ${JSON.stringify(outcomes)}`);
  const looks = (await machine.run(LOOK))
    .trim()
    .split("\n")
    .map((line) => line.split(" ").map((kib) => Math.round(Number(kib) / 1024)));
  const most = Math.max(...looks.map(([peak = 0]) => peak));
  assert.ok(most > 0 && most <= SHARE_MIB, `a process took ${most} MiB, its share is ${SHARE_MIB}`);
  const own = looks.map(([, anonymous]) => `${anonymous}`).join(" and ");
  return `${most} MiB at most of ${SHARE_MIB} on a micro, of which ${own} its own; ${outcomes[503]} turned away`;
}

/** As a client that the balancer has not seen before: one address may register so many in an hour. */
async function register({ url }: Machine, agent: Agent): Promise<number> {
  const user = { name: "Full", login: `full-${randomUUID()}`, password: "correct horse battery" };
  const body = JSON.stringify(user);
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "x-forwarded-for": [198, 18, randomInt(256), randomInt(1, 255)].join("."),
  };
  const options = { method: "POST", headers, agent };
  const { statusCode } = await send(`${url}/users/`, options, { parts: [body], pauseSeconds: 0 });
  return statusCode ?? 0;
}
