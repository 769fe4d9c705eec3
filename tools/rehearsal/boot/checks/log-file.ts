import { same } from "../../checks/expect.ts";
import type { Machine } from "../machine.ts";

/** Checksum, bytes and lines of journal and file; lines that are no JSON; processes' last words. */
const COMPARE = `
set -euo pipefail
sum() { cksum "$1" | cut --delimiter ' ' --fields 1,2; wc --lines <"$1"; }
journal=$(mktemp)
journalctl --quiet --identifier api --output cat >"$journal"
sum "$journal" | paste --serial
sum /var/log/api/api.log | paste --serial
rm "$journal"
grep --invert-match --count '^{.*}$' /var/log/api/api.log || true
tail --lines 50 /var/log/api/api.log | grep --count '"msg":"stopped"}$' || true
nproc
systemctl is-active api-log-file.service || true
`;

/**
 * Before it is removed, an instance has every line of its journal in the log file, in order and once, up to
 * each process's last line.
 */
export async function checkLogFile(machine: Machine): Promise<void> {
  const answers = (await machine.run(COMPARE)).trim().split("\n");
  const [journal, file, plain, stopped, processes, state] = answers;
  same(file, journal, `log file of ${machine.name}, compared with its journal`);
  same(plain, "0", `lines of ${machine.name}'s log file that are no JSON`);
  same(stopped, processes, `processes of ${machine.name} whose last words are there`);
  same(state, "inactive", `what copies the journal of ${machine.name}`);
}
