import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Machine } from "../../../scripts/rehearse-boot/machine.ts";
import { HttpClient } from "../load/http.ts";

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
  const http = new HttpClient(machine.url);
  const end = Date.now() + SECONDS * 1000;
  const outcomes: Record<number, number> = {};
  const client = async () => {
    while (Date.now() < end) {
      const body = {
        name: "Full",
        login: `full-${randomUUID()}`,
        password: "correct horse battery",
      };
      const { status } = await http.send({ method: "POST", path: "/users/", body });
      outcomes[status] = (outcomes[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  http.close();
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
