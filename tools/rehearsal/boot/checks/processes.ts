import assert from "node:assert/strict";
import { same } from "../../checks/expect.ts";
import type { Machine } from "../machine.ts";

/** Prints what the kernel and systemd say of each process, one JSON object a line. */
const LOOK = String.raw`
set -euo pipefail
for unit in $(systemctl list-units 'api@*.service' --state active --plain --no-legend | cut --delimiter ' ' --fields 1); do
  pid=$(systemctl show --property MainPID --value "$unit")
  field() { sed -n "s/^$1:[[:space:]]*\([^[:space:]]*\).*/\1/p" "/proc/$pid/status"; }
  home=$(tr '\0' '\n' <"/proc/$pid/environ" | sed -n 's/^HOME=//p')
  # Tries to write as the process: in its view of the file system, as its user, with its few rights.
  wrote=$(nsenter --target "$pid" --mount -- setpriv --reuid "$(field Uid)" --regid "$(field Gid)" --clear-groups \
    --bounding-set=-all --no-new-privs sh -c 'for place in / /boot /dev /etc /home /opt /opt/api /opt/api/app /root /run /srv /usr /var /var/lib /var/log "$0"; do
      (echo x >"$place/rehearsal") 2>/dev/null && rm "$place/rehearsal" && printf "%s " "$place"; done' "$home")
  memory=$(systemctl show --property MemoryMax --value "$unit")
  printf '{"unit":"%s","uid":%d,"capabilities":"%s","noNewPrivileges":%d,"seccomp":%d,"home":"%s","wrote":"%s","memory":"%s"}\n' \
    "$unit" "$(field Uid)" "$(field CapEff)" "$(field NoNewPrivs)" "$(field Seccomp)" "$home" "${"$"}{wrote% }" "$memory"
done
`;

interface Look {
  unit: string;
  uid: number;
  capabilities: string;
  noNewPrivileges: number;
  seccomp: number;
  home: string;
  wrote: string;
  memory: string;
}

/** The range of systemd's dynamic users. */
const DYNAMIC_USERS = [61_184, 65_519] as const;

/** One process per vCPU, each as a dynamic user without rights that can only write to its state. */
export async function checkProcesses(machine: Machine): Promise<string> {
  const looks = (await machine.run(LOOK))
    .split("\n")
    .filter(Boolean)
    .map((line): Look => JSON.parse(line));
  const processors = Number(await machine.run("nproc"));
  const units = Array.from({ length: processors }, (_, i) => `api@${i + 1}.service`);
  same(
    looks.map(({ unit }) => unit),
    units,
    "processes",
  );
  for (const look of looks) {
    const [first, last] = DYNAMIC_USERS;
    assert.ok(look.uid >= first && look.uid <= last, `${look.unit} runs as user ${look.uid}`);
    same(Number.parseInt(look.capabilities, 16), 0, `capabilities of ${look.unit}`);
    same(look.noNewPrivileges, 1, `no new privileges of ${look.unit}`);
    same(look.seccomp, 2, `system call filter of ${look.unit}`);
    assert.notEqual(look.memory, "infinity", `${look.unit} has no memory limit`);
    same(look.wrote, look.home, `places that ${look.unit} can write to`);
  }
  const users = new Set(looks.map(({ uid }) => uid));
  return `${looks.length} processes, dynamic user ${[...users].join(" and ")}`;
}
