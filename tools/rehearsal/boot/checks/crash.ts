import assert from "node:assert/strict";
import { same } from "../../checks/expect.ts";
import { inWords, summarise } from "../load/statistics.ts";
import type { Machine } from "../machine.ts";
import { pause, underLoad, type World } from "../world.ts";

/**
 * Kills the units' processes at once. Prints when the port answered, when all were back, and how long they
 * waited for a processor that other work used.
 */
const KILL = String.raw`
set -euo pipefail
units=$(systemctl list-units "$1" --state active --plain --no-legend | cut --delimiter ' ' --fields 1)
pids() { systemctl show --property MainPID --value $units | grep --invert-match '^$' | sort; }
since() { awk -v a="$began" -v b="$1" 'BEGIN { printf "%.2f\n", b - a }'; }
old=$(pids)
cursor=$(journalctl --lines 0 --show-cursor | sed --quiet 's/^-- cursor: //p')
journal() { journalctl --after-cursor "$cursor" "$@"; }
# When each process says that it listens, in seconds of the epoch.
listening() { journal --identifier api --output short-unix | awk '/Server listening/ { print $1 }'; }
began=$EPOCHREALTIME
kill -KILL $old
curl --fail --silent --max-time 20 --output /dev/null http://127.0.0.1:3000/health/ready
since "$EPOCHREALTIME"
until [ "$(listening | wc --lines)" -ge "$(wc --words <<<"$units")" ]; do
  if [ "$SECONDS" -gt 30 ]; then
    echo "not all of $units are back; the journal since they were killed:" >&2
    journal --lines 20 >&2
    exit 1
  fi
  sleep 0.2
done
since "$(listening | tail --lines 1)"
new=$(pids)
for pid in $new; do cat "/proc/$pid/task/$pid/schedstat"; done | sort --numeric-sort --key 2 | awk 'END { printf "%.2f\n", $2 / 1e9 }'
[ -z "$(comm -12 <(echo "$old") <(echo "$new"))" ]
`;

/** Most seconds for a restart of one process that has a processor. */
const RESTART_SECONDS = 2;
const ATTEMPTS = 4;

/** Most seconds when all are killed: they start at once, on the same processors as the load. */
const ALL_SECONDS = 8;

/** `kill -9` of one process, then of all, under load: back within seconds, and no acknowledged write is lost. */
export async function checkCrash(world: World, machine: Machine): Promise<string> {
  const { result, load } = await underLoad(world, { rate: 50 }, async () => {
    await pause(world, 2);
    const began = Date.now();
    const one = await restartOne(machine);
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
  // What the processes were at work on is lost, and nothing that waits in the queue of the port. A 503 is
  // an answer: where the machine is busy with something else, the first of them miss their deadline.
  const cut = failed.filter(({ outcome }) => outcome !== 503);
  assert.ok(
    cut.length <= 5,
    `${cut.length} requests were cut off, more than were under way: ${inWords(summarise(failed))}`,
  );
  return (
    `one process back after ${one} s; of all, first answer after ${all.answered} s; ` +
    inWords(summarise(load.samples))
  );
}

/** The fastest of a few restarts, less the time that it waited for a processor. */
async function restartOne(machine: Machine): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < ATTEMPTS && fastest > RESTART_SECONDS; attempt++) {
    const { back, waited } = await kill(machine, "api@1.service");
    fastest = Math.min(fastest, Number((back - waited).toFixed(2)));
  }
  return fastest;
}

async function kill(machine: Machine, units: string) {
  const [answered, back, waited] = (await machine.run(KILL, units)).trim().split("\n").map(Number);
  return { answered: Number(answered), back: Number(back), waited: Number(waited) };
}
