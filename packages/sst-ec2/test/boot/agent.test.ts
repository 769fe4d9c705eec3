/** How the CloudWatch agent comes to an instance. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { script } from "../../src/boot/files.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "agent-test-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Runs the script, with a program in the place of Amazon Linux's package manager. */
function start(dnf: string): number | null {
  writeFileSync(join(root, "dnf"), `#!/bin/bash\n${dnf}\n`, { mode: 0o755 });
  const text = script("agent.sh").replace("/opt/aws/amazon-cloudwatch-agent", join(root, "agent"));
  const env = { PATH: `${root}:${process.env.PATH}`, SERVICE: "api" };
  return spawnSync("bash", ["-c", text], { env }).status;
}

it("is installed once, and gets its configuration at each start", () => {
  const control = join(root, "agent/bin/amazon-cloudwatch-agent-ctl");
  // What it installs notes what it is told.
  const dnf = `echo "dnf $*" >>"${root}/calls"
mkdir --parents "${root}/agent/bin"
printf '#!/bin/bash\\necho "ctl $*" >>"${root}/calls"\\n' >"${control}"
chmod 755 "${control}"`;
  expect([start(dnf), start(dnf)]).toEqual([0, 0]);
  const configured = "ctl -a fetch-config -m ec2 -s -c file:/opt/api/agent.json";
  expect(readFileSync(join(root, "calls"), "utf8").trim().split("\n")).toEqual([
    "dnf install --assumeyes --quiet amazon-cloudwatch-agent",
    configured,
    configured,
  ]);
});

it("fails where it cannot be installed, so that systemd tries again", () => {
  expect(start("exit 1")).toBe(1);
});
