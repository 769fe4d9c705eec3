import assert from "node:assert/strict";
import { same } from "../../checks/expect.ts";
import type { Machine } from "../machine.ts";

/** Searches everything on an instance that could hold a secret; the journal also as text. */
const SEARCH = String.raw`
search() { grep --files-with-matches --text --fixed-strings --file <(printf '%s\n' "$patterns") "$@" 2>/dev/null || true; }
search --recursive /boot /dev/shm /etc /home /opt /root /run /srv /tmp /usr/local /var
search /proc/[0-9]*/environ /proc/[0-9]*/cmdline | sed --regexp-extended 's|/proc/[0-9]+/|process |'
[ -z "$(journalctl --no-pager --all --output export | search -)" ] || echo journal
[ -z "$(search /dev/console)" ] || echo console
`;

/** Places on the machine that contain one of the texts, which reach it only by a pipe. */
async function find(machine: Machine, texts: readonly string[]): Promise<string[]> {
  // A quoted here-document that bash keeps in a pipe: in no file and no command line.
  const script = `patterns=$(cat <<'END_OF_PATTERNS'\n${texts.join("\n")}\nEND_OF_PATTERNS\n)\n${SEARCH}`;
  return [...new Set((await machine.run(script)).split("\n").filter(Boolean))];
}

/**
 * No secret is in user data, on disk, in a process's environment or command line, in the journal or on the
 * console. Texts that are there prove that the search would find one.
 */
export async function checkSecrets(machine: Machine, userData: string, secrets: readonly string[]) {
  for (const secret of secrets) {
    assert.ok(secret.length >= 16, "a secret is too short to be searched for");
    assert.ok(!userData.includes(secret), "a secret stands in user data");
  }
  const known = await find(machine, ["LINKS_PARAMETERS", "Server listening", "user data began"]);
  for (const place of [
    "/etc/systemd/system/api@.service",
    "process environ",
    "journal",
    "console",
  ]) {
    assert.ok(known.includes(place), `the search for secrets does not see ${place}`);
  }
  same(await find(machine, secrets), [], "places where a secret was found");
}
