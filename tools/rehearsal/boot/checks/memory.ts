import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { Agent } from "node:http";
import { same } from "../../checks/expect.ts";
import type { Machine } from "../machine.ts";
import { healthInGroup } from "../membership.ts";
import type { World } from "../world.ts";
import { HealthChecks } from "./health-checks.ts";
import { send } from "./probe.ts";

/** Prints the memory of each process in KiB: its peak, and what is its own now. */
const LOOK = String.raw`
set -euo pipefail
for unit in $(systemctl list-units 'api@*.service' --state active --plain --no-legend | cut --delimiter ' ' --fields 1); do
  pid=$(systemctl show --property MainPID --value "$unit")
  field() { sed -n "s/^$1:[[:space:]]*\([0-9]*\).*/\1/p" "/proc/$pid/$2"; }
  echo "$(field VmHWM status) $(field Anonymous smaps_rollup)"
done
`;

/**
 * Prints the memory of everything else in MiB, shared pages in proportion: the service's helpers, the
 * system.
 */
const BESIDES = String.raw`
set -uo pipefail
helpers=0 system=0
for process in /proc/[0-9]*; do
  kib=$(sed -n 's/^Pss:[[:space:]]*\([0-9]*\).*/\1/p' "$process/smaps_rollup" 2>/dev/null)
  case $(cat "$process/cgroup" 2>/dev/null) in
    *api@*) ;;
    *api-*) helpers=$((helpers + ${"$"}{kib:-0})) ;;
    *) system=$((system + ${"$"}{kib:-0})) ;;
  esac
done
echo "$((helpers / 1024)) $((system / 1024))"
`;

/** Restarts the processes without the limit of registrations per address; all of them come from here. */
const LET_ALL_REGISTER = String.raw`
set -euo pipefail
folder=/run/systemd/system/api@.service.d
mkdir -p "$folder"
printf '[Service]\nEnvironment=REGISTRATIONS=1000000\n' >"$folder/registrations.conf"
systemctl daemon-reload
systemctl kill --signal KILL 'api@*.service'
sleep 1
curl --fail --silent --retry 20 --retry-delay 1 --retry-all-errors --output /dev/null http://127.0.0.1:3000/health/ready
sleep 3
`;

/** What the kernel leaves of a t4g.micro's 1024 MiB, and what a process of two may have of that. */
const MICRO_MIB = 916;
const SHARE_MIB = Math.floor((MICRO_MIB * 0.5) / 2);

/** More than both processes' queues hold, so that some are turned away. */
const AT_ONCE = 200;
const SECONDS = 15;

/**
 * Keeps the password queues full, past the balancer, and reads each process's peak memory: less than its
 * share of a micro. It is measured, not enforced: few hosts can limit a machine inside them. The flooded
 * instance stays healthy for its balancer.
 */
export async function checkMemory(world: World, machine: Machine): Promise<string> {
  await machine.run(LET_ALL_REGISTER);
  const health = new HealthChecks(machine, world.stage.after.targetGroup);
  const outcomes = await flood(machine);
  const slowest = await health.end();
  same((await world.balancer.target(machine)).state, "UP", `${machine.name} at the balancer`);
  same(await healthInGroup(world.stage, machine), "HEALTHY", `${machine.name} in its group`);
  const { 201: served = 0, 429: refused = 0, 503: busy = 0, ...strange } = outcomes;
  assert.deepEqual(strange, {}, "answers at a full queue");
  assert.ok(served > 0 && refused + busy > served, `never full: ${JSON.stringify(outcomes)}`);
  const looks = (await machine.run(LOOK))
    .trim()
    .split("\n")
    .map((line) => line.split(" ").map((kib) => Math.round(Number(kib) / 1024)));
  const most = Math.max(...looks.map(([peak = 0]) => peak));
  assert.ok(most > 0 && most <= SHARE_MIB, `a process took ${most} MiB, its share is ${SHARE_MIB}`);
  const own = looks.map(([, anonymous]) => `${anonymous}`).join(" and ");
  const [helpers, system] = (await machine.run(BESIDES)).trim().split(" ");
  return `${most} MiB at most of ${SHARE_MIB} on a micro, of which ${own} its own; beside it helpers ${helpers}, the system ${system}; ${served} hashed, ${refused + busy} turned away; the slowest health check took ${slowest} ms`;
}

/** Registers enough users at once to overflow the queues. @returns answers by status */
async function flood(machine: Machine): Promise<Record<number, number>> {
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
  return outcomes;
}

async function register({ url }: Machine, agent: Agent): Promise<number> {
  const user = { name: "Full", login: `full-${randomUUID()}`, password: "correct horse battery" };
  const body = JSON.stringify(user);
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  };
  const options = { method: "POST", headers, agent };
  const { statusCode } = await send(`${url}/users/`, options, { parts: [body], pauseSeconds: 0 });
  return statusCode ?? 0;
}
