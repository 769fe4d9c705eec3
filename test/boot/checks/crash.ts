import assert from "node:assert/strict";
import type { Machine } from "../../../scripts/rehearse-boot/machine.ts";
import { same } from "../../rehearsal/expect.ts";
import { inWords, summarise } from "../load/statistics.ts";
import { pause, underLoad, type World } from "../world.ts";

/** Kills the processes of the units at once, and prints when the port answered and when they were back. */
const KILL = String.raw`
set -euo pipefail
units=$(systemctl list-units "$1" --state active --plain --no-legend | cut --delimiter ' ' --fields 1)
pids() { systemctl show --property MainPID --value $units | grep --invert-match '^$' | sort; }
listening() { journalctl --identifier api --output cat --since "@${"$"}{began%.*}" | grep --count 'Server listening' || true; }
since() { awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.2f\n", b - a }'; }
old=$(pids)
sleep 1.1 # journalctl counts whole seconds
began=$EPOCHREALTIME
kill -KILL $old
curl --fail --silent --max-time 20 --output /dev/null http://127.0.0.1:3000/health/ready
since
wanted=$(wc --words <<<"$units")
until [ "$(listening)" -ge "$wanted" ]; do sleep 0.05; done
since
[ -z "$(comm -12 <(echo "$old") <(pids))" ]
`;

/** How long a restart of one process may take. */
const RESTART_SECONDS = 2;

/** How long it may take when all are killed: they start at once, on the same processors as the load. */
const ALL_SECONDS = 6;

/** `kill -9` of one process, twice, then of all, under load: back within seconds, and no acknowledged write is lost. */
export async function checkCrash(world: World, machine: Machine): Promise<string> {
  const { result, load } = await underLoad(world, { rate: 50 }, async () => {
    await pause(world, 2);
    const began = Date.now();
    // The faster of two: other work on this machine slows either.
    const first = await kill(machine, "api@1.service");
    const second = await kill(machine, "api@1.service");
    const one = Math.min(first.back, second.back);
    const all = await kill(machine, "api@*.service");
    const ended = Date.now();
    await pause(world, 2);
    return { began, ended, one, all };
  });
  same(load.mistakes, [], "differences between what was acknowledged and the tables");
  const { one, all } = result;
  assert.ok(one <= RESTART_SECONDS, `a process was back ${one} s after kill -9`);
  assert.ok(
    all.answered <= ALL_SECONDS,
    `the port answered ${all.answered} s after kill -9 of all`,
  );
  const failed = load.samples.filter(({ ok }) => !ok);
  const elsewhen = failed.filter(({ at }) => at < result.began - 1000 || at > result.ended);
  same(elsewhen.length, 0, "requests that failed before or after");
  // What the processes were at work on is lost, and nothing that waits in the queue of the port.
  assert.ok(failed.length <= 5, `${failed.length} requests failed, more than were under way`);
  return (
    `one process back after ${one} s; of all, first answer after ${all.answered} s; ` +
    inWords(summarise(load.samples))
  );
}

async function kill(machine: Machine, units: string) {
  const [answered, back] = (await machine.run(KILL, units)).trim().split("\n").map(Number);
  return { answered: Number(answered), back: Number(back) };
}
