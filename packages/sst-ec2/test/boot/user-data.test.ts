import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hasShellcheck, shellcheck } from "../../../../test/support/shellcheck.ts";
import { agentConfig, agentScript } from "../../src/boot/agent.ts";
import type { UserDataArgs } from "../../src/boot/args.ts";
import { lifecycleScript } from "../../src/boot/lifecycle.ts";
import { logFileScript } from "../../src/boot/log-file.ts";
import { serviceUnit } from "../../src/boot/units.ts";
import { renderUserData, USER_DATA_LIMIT } from "../../src/boot/user-data.ts";
import { API, NASTY } from "./arguments.ts";
import { writeFiles } from "./written.ts";

const nasty = Object.fromEntries(NASTY.map((value, index) => [`NASTY_${index}`, value]));
const { lifecycle: _, ...alone } = API;
const AGENT = agentConfig({ service: "api", logGroup: "/shop/prod/api" });

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "user-data-test-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("user data", () => {
  it("is this script for an API in production", () => {
    expect(renderUserData(API)).toMatchSnapshot();
  });

  it("with a log file differs in that alone", () => {
    const [plain, copied] = [API, { ...API, logFile: true }].map((args) =>
      renderUserData(args).split("\n"),
    );
    expect(copied?.filter((line) => !plain?.includes(line))).toMatchSnapshot();
    expect(new Set(plain?.filter((line) => !copied?.includes(line)))).toEqual(
      new Set([
        "readonly log_file=''",
        "readonly standing='api.socket api-socket.service api-lifecycle.service api-watchdog.service'",
      ]),
    );
  });

  it("is this script for a worker: one process, no balancer, in no group", () => {
    const own = { service: "quote-collector", balanced: false, processes: 1 };
    const args = { ...alone, ...own, linksParameters: [], environment: {} };
    expect(renderUserData({ ...args, memoryMaxPercent: 50, readySeconds: 300 })).toMatchSnapshot();
  });

  it.skipIf(!hasShellcheck).each([
    ["in a group", renderUserData(API)],
    ["in a group without a hook", renderUserData({ ...API, lifecycle: { group: "g" } })],
    ["in no group", renderUserData(alone)],
    ["for a worker", renderUserData({ ...API, balanced: false, processes: 1 })],
    ["with nasty values", renderUserData({ ...API, environment: nasty })],
    ["with a log file and its agent", renderUserData({ ...API, logFile: true, agent: AGENT })],
    ["which it brings for the end", lifecycleScript(API)],
    ["which it brings for the log file", logFileScript(API)],
    ["which it brings for the agent", agentScript(API)],
  ])("has nothing that shellcheck finds fault with: %s", (_title, script) => {
    expect(shellcheck(script)).toBe("");
  });

  it.skipIf(!hasShellcheck)("would be found fault with, were there any", () => {
    const broken = renderUserData(API).replace('rm --recursive "$place"', "rm --recursive $place");
    expect(shellcheck(broken)).toContain("SC2086");
  });

  it("stays below EC2's limit with forty variables of a hundred characters", () => {
    const variables = Array.from({ length: 40 }, (_, index) => [
      `VARIABLE_${index}`,
      "x".repeat(100),
    ]);
    const script = renderUserData({ ...API, environment: Object.fromEntries(variables) });
    expect(Buffer.byteLength(script)).toBeLessThan(USER_DATA_LIMIT);
  });

  it("says how large it is when EC2 would not take it", () => {
    expect(() =>
      renderUserData({ ...API, environment: { LONG: "x".repeat(USER_DATA_LIMIT) } }),
    ).toThrow(
      /^environment: user data has \d{5} bytes, EC2 takes 16384; move long values into a link$/,
    );
  });

  it("writes the units as they are, whatever stands in them", () => {
    const environment = { ...API.environment, ...nasty };
    const units = writeFiles({ ...API, environment }, root);
    const written = readFileSync(join(units, "api@.service"), "utf8");
    const expected = serviceUnit({ ...API, address: "0.0.0.0", environment });
    const own = (text: string) => text.split("\n").filter((line) => line.includes("NASTY_"));
    expect(own(written)).toEqual(own(expected));
    expect(own(written)).toHaveLength(NASTY.length);
    expect(written.endsWith("WantedBy=multi-user.target\n")).toBe(true);
    const comments = /^ *#(?!!).*\n/gm;
    expect(readFileSync(join(root, "opt/api/lifecycle"), "utf8")).toBe(
      lifecycleScript(API).replaceAll(comments, ""),
    );
  });
});

const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;

describe.skipIf(!hasSystemd)("the units", () => {
  /** What systemd's own parser says, in a root that has what the units refer to. */
  function verify(args: UserDataArgs): string {
    const units = writeFiles(args, root);
    for (const target of [
      "basic",
      "multi-user",
      "network-online",
      "shutdown",
      "sockets",
      "sysinit",
    ])
      writeFileSync(join(units, `${target}.target`), "[Unit]\nDefaultDependencies=no\n");
    for (const program of [
      "opt/api/runtime/bin/node",
      "opt/api/lifecycle",
      "bin/bash",
      "bin/true",
    ]) {
      const path = join(root, program);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, "#!/bin/sh\n");
      execFileSync("chmod", ["755", path]);
    }
    const names = ["api.socket", "api-socket.service", "api@1.service", "api-lifecycle.service"];
    names.push("api-watchdog.service");
    if (args.logFile) names.push("api-log-file.service");
    if (args.agent) names.push("api-agent.service");
    const flags = ["verify", "--man=no", "--recursive-errors=no", `--root=${root}`];
    const { status, stderr } = spawnSync("systemd-analyze", [...flags, ...names], {
      encoding: "utf8",
    });
    return status === 0 ? stderr : `status ${status}: ${stderr}`;
  }

  it("are accepted by systemd without a warning", () => {
    expect(verify(API)).toBe("");
  });

  it("are accepted with a log file and its agent", () => {
    expect(verify({ ...API, logFile: true, agent: AGENT })).toBe("");
  });

  it("are accepted for a worker", () => {
    expect(verify({ ...API, balanced: false })).toBe("");
  });

  it("are accepted with nasty values", () => {
    expect(verify({ ...API, environment: nasty })).toBe("");
  });
});

describe("the agent", () => {
  it("is installed once, and gets its configuration at each start", () => {
    const agent = join(root, "agent");
    const script = agentScript(API).replace("/opt/aws/amazon-cloudwatch-agent", agent);
    // In the repository's place: what it installs notes what it is told.
    const dnf = `#!/bin/bash
echo "dnf $*" >>"${root}/calls"
mkdir --parents "${agent}/bin"
printf '#!/bin/bash\necho "ctl $*" >>"${root}/calls"\n' >"${agent}/bin/amazon-cloudwatch-agent-ctl"
chmod 755 "${agent}/bin/amazon-cloudwatch-agent-ctl"
`;
    writeFileSync(join(root, "dnf"), dnf, { mode: 0o755 });
    const env = { PATH: `${root}:${process.env.PATH}` };
    for (let start = 0; start < 2; start += 1) execFileSync("bash", ["-c", script], { env });
    const configured = "ctl -a fetch-config -m ec2 -s -c file:/opt/api/agent.json";
    expect(readFileSync(join(root, "calls"), "utf8").trim().split("\n")).toEqual([
      "dnf install --assumeyes --quiet amazon-cloudwatch-agent",
      configured,
      configured,
    ]);
  });

  it("fails where it cannot be installed, so that systemd tries again", () => {
    writeFileSync(join(root, "dnf"), "#!/bin/bash\nexit 1\n", { mode: 0o755 });
    const env = { PATH: `${root}:${process.env.PATH}` };
    expect(spawnSync("bash", ["-c", agentScript(API)], { env }).status).toBe(1);
  });
});

describe("a wrong argument", () => {
  it.each<[Partial<UserDataArgs>, RegExp]>([
    [{ service: "Api" }, /^service: "Api" is not allowed; lower-case letters/],
    [{ service: "a".repeat(25) }, /^service: .* at most 24 characters$/],
    [{ port: 0 }, /^port: 0 is not allowed; a whole number from 1 to 65535$/],
    [{ port: 80.5 }, /^port: 80.5 is not allowed/],
    [{ processes: 0 }, /^processes: 0 is not allowed; a whole number from 1 to 256$/],
    [{ drainSeconds: -1 }, /^drainSeconds: -1 is not allowed; a whole number from 0 to 3600$/],
    [{ readySeconds: Number.NaN }, /^readySeconds: NaN is not allowed/],
    [
      { memoryMaxPercent: 101 },
      /^memoryMaxPercent: 101 is not allowed; a whole number from 1 to 100$/,
    ],
    [
      { region: "us-east-1\nExecStart=/bin/false" },
      /^region: "us-east-1\nExec.*" is not allowed; a region's name/,
    ],
    [
      { app: { ...API.app, sha256: "abc" } },
      /^app\.sha256: "abc" is not allowed; 64 lower-case hex digits$/,
    ],
    [{ linksParameters: ["/a,b"] }, /^linksParameters: "\/a,b" is not allowed/],
    [{ environment: { PORT: "80" } }, /^environment: PORT is set by the boot itself$/],
    [
      { environment: { SST_RESOURCE_A: "{}" } },
      /^environment: SST_RESOURCE_A may hold a secret; pass it as a link$/,
    ],
    [{ environment: { "A B": "" } }, /^environment: "A B" is not a name/],
  ])("is named, with what is allowed: %j", (change, message) => {
    expect(() => renderUserData({ ...API, ...change })).toThrow(message);
  });
});
