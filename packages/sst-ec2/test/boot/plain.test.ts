/** What instances do for programs that run without the preload: binaries, and container images. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { UserDataArgs } from "../../src/boot/args.ts";
import { script } from "../../src/boot/files.ts";
import { renderUserData } from "../../src/boot/user-data.ts";
import { BINARY, IMAGE, image, NASTY } from "./arguments.ts";
import { writeFiles } from "./written.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "plain-test-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** The processes' unit with what is dropped into it, in systemd's order. */
function unitOf(args: UserDataArgs): string {
  rmSync(join(root, "etc"), { recursive: true, force: true });
  const unit = join(writeFiles(args, root), "api@.service");
  const dropIns = readdirSync(`${unit}.d`).toSorted();
  return [unit, ...dropIns.map((name) => join(`${unit}.d`, name))]
    .map((file) => readFileSync(file, "utf8"))
    .join("");
}

describe("a program without the preload", () => {
  it("gets its words as they are, its folder, and its links as environment", () => {
    const unit = unitOf(BINARY);
    expect(unit).toContain('ExecStart=/opt/api/app/server --flag "$$HOME 100%%"\n');
    expect(unit).toContain("WorkingDirectory=/opt/api/app\n");
    expect(unit).toContain("EnvironmentFile=/run/api-links/environment\n");
    expect(unit).toContain("Requires=api-links.service\n");
    expect(unit).not.toContain("LINKS_PARAMETERS");
    expect(unit).toContain("DynamicUser=yes\n");
  });

  it("listens by itself, unless it takes systemd's socket", () => {
    expect(unitOf(BINARY)).not.toContain("Sockets=");
    expect(renderUserData(BINARY)).not.toContain("ListenStream");
    const socket = { ...BINARY, plain: { socket: true }, processes: 2 };
    expect(unitOf(socket)).toContain("Sockets=api.socket\n");
    expect(renderUserData(socket)).toContain("ListenStream=0.0.0.0:3000");
  });

  it("is one process when it listens by itself", () => {
    expect(() => renderUserData({ ...BINARY, processes: 2 })).toThrow(
      "processes: a program that listens by itself has one",
    );
  });

  it("serves on while a unit that stops before it waits", () => {
    const units = writeFiles(BINARY, root);
    expect(readFileSync(join(units, "api-drain.service"), "utf8")).toContain(
      `ExecStop=/bin/sleep ${BINARY.drainSeconds}\n`,
    );
    expect(unitOf(BINARY)).toContain("Before=api-drain.service\n");
    expect(readFileSync(join(root, "opt/api/settings"), "utf8")).toContain(
      "STOP_FIRST='api-drain.service'\n",
    );
  });

  it("needs no Node.js", () => {
    expect(renderUserData(BINARY)).not.toMatch(/RUNTIME_KEY='[^']|bin\/node|MALLOC_ARENA_MAX/);
  });
});

describe("an image", () => {
  it("is all that its processes see of the disk, under its own user", () => {
    const unit = unitOf(IMAGE);
    for (const line of [
      `RootDirectory=/opt/api/app-${"2".repeat(16)}`,
      "MountAPIVFS=yes",
      "User=4000",
      "Group=4001",
      "WorkingDirectory=/srv",
      "KillSignal=SIGQUIT",
      "ExecSearchPath=/opt/bin:/bin",
      "ExecStart=server $$APP/x",
      "CapabilityBoundingSet=",
      "SystemCallFilter=~@privileged",
      'Environment="MODE=image"',
      'Environment="HOME=/home/app"',
    ])
      expect(unit).toContain(`\n${line}\n`);
    expect(unit).not.toContain("DynamicUser");
    expect(renderUserData(IMAGE)).toContain("\nIMAGE_USER='4000'\nIMAGE_GROUP='4001'\n");
  });

  it("has the port of the service, not its own", () => {
    expect(unitOf(IMAGE)).toContain('Environment="PORT=3000"\n');
    expect(unitOf(IMAGE)).not.toContain("PORT=80");
  });

  it("has its own text where its author wrote what systemd takes for something else", () => {
    const nasty = { ...image(4000), workingDirectory: "/srv/100%h of it" };
    expect(unitOf({ ...IMAGE, plain: { image: nasty } })).toContain(
      "\nWorkingDirectory=/srv/100%%h of it\n",
    );
    const broken = { ...image(4000), workingDirectory: "/srv\nUser=0" };
    expect(() => renderUserData({ ...IMAGE, plain: { image: broken } })).toThrow(
      /^WORKDIR: "\/srv\\nUser=0" has a control character$/,
    );
  });

  it("gets the instance's authorities where it has none", () => {
    expect(unitOf(IMAGE)).toContain("ca-bundle.crt:/etc/ssl/certs/ca-certificates.crt");
    const own = { ...IMAGE, plain: { image: { ...image(4000), hasAuthorities: true } } };
    expect(unitOf(own)).not.toContain("ca-bundle.crt");
  });

  it("that runs as root may become another user, as in Docker, and no more than that", () => {
    const unit = unitOf({ ...IMAGE, plain: { image: image(0) } });
    expect(unit).toContain("CAP_SETUID\nSystemCallFilter=\nSystemCallFilter=@system-service\n");
    expect(unit).not.toMatch(/CAP_SYS_|CAP_NET_RAW|CAP_MKNOD|CAP_NET_ADMIN/);
    expect(unit.slice(unit.indexOf("SystemCallFilter=\n"))).not.toContain("~@privileged");
    expect(unit).toContain("NoNewPrivileges=yes\n");
  });
});

describe("the script that reads the links", () => {
  /** Runs it with an AWS CLI that knows these parameters. */
  function read(parameters: Record<string, string>, ...names: string[]) {
    writeFileSync(join(root, "parameters.json"), JSON.stringify(parameters));
    writeFileSync(
      join(root, "aws"),
      `#!/usr/bin/env python3
import json, sys
known = json.load(open("${root}/parameters.json"))
name = sys.argv[sys.argv.index("--name") + 1]
if name not in known: sys.exit("ParameterNotFound: " + name)
print(json.dumps({"Parameter": {"Value": known[name]}}))
`,
    );
    chmodSync(join(root, "aws"), 0o755);
    // Without the pauses.
    writeFileSync(join(root, "links"), script("links.py").replace("2, 5, 10", "0, 0"));
    const file = join(root, "environment");
    const { status, stderr } = spawnSync("python3", [join(root, "links"), file, ...names], {
      encoding: "utf8",
      env: { PATH: `${root}:/usr/local/bin:/usr/bin:/bin` },
    });
    return { status, stderr, file };
  }

  it("joins parameters, reads further ones, and writes any text so that it is read again", () => {
    const variables = Object.fromEntries(NASTY.map((value, index) => [`NASTY_${index}`, value]));
    const text = JSON.stringify({
      ...variables,
      SST_EC2_SSM: JSON.stringify({ TOKEN: "arn:token" }),
    });
    const parts = { one: text.slice(0, 50), "two:3": text.slice(50), "arn:token": "se$cret" };
    const { status, stderr, file } = read(parts, "one", "two:3");
    expect([status, stderr]).toEqual([0, ""]);
    // systemd's rules for double quotes are the shell's.
    const output = execFileSync("bash", ["-c", `set -a; . "$1"; env -0`, "bash", file], {
      env: {},
    }).toString();
    const found = Object.fromEntries(
      output
        .split("\0")
        .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
    expect(found).toMatchObject({ ...variables, TOKEN: "se$cret" });
    expect(found).not.toHaveProperty("SST_EC2_SSM");
  });

  it("says in one line what it could not read", () => {
    const { status, stderr } = read({}, "/app/links");
    expect(status).toBe(1);
    expect(stderr.trim()).toBe("cannot read the links: /app/links: ParameterNotFound: /app/links");
  });
});
