/** The scripts and units of `src/boot/files`, as they stand there and as services have them. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hasShellcheck, shellcheckFile } from "../../../../test/support/shellcheck.ts";
import { script, unit } from "../../src/boot/files.ts";
import { SHAPES } from "./arguments.ts";
import { hasSystemd, verifyUnits, writeFiles } from "./written.ts";

const FOLDER = join(import.meta.dirname, "../../src/boot/files");
const files = readdirSync(FOLDER, { recursive: true, encoding: "utf8" });
const scripts = files.filter((file) => file.endsWith(".sh"));
const units = files.filter((file) => /\.(service|socket|conf)$/.test(file));

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "boot-files-test-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("the scripts", () => {
  it.skipIf(!hasShellcheck).each(scripts)("%s passes shellcheck as it stands", (file) => {
    expect(shellcheckFile(join(FOLDER, file))).toBe("");
  });

  it("in Python compile", () => {
    const source = readFileSync(join(FOLDER, "links.py"), "utf8");
    for (const text of [source, script("links.py")]) {
      const check = ["-c", "import ast, sys; ast.parse(sys.stdin.read())"];
      expect(spawnSync("python3", check, { input: text, encoding: "utf8" }).stderr).toBe("");
    }
  });

  it.each(scripts)("%s is the same program without its comments", (file) => {
    const { status, stderr } = spawnSync("bash", ["-n"], {
      input: script(file),
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([0, ""]);
  });

  it("find each of their settings", () => {
    const [, args] = SHAPES[0] as (typeof SHAPES)[0];
    writeFiles(args, root);
    const settings = readFileSync(join(root, "opt/api/settings"), "utf8");
    const known = new Set([...settings.matchAll(/^([A-Z_0-9]+)=/gm)].map(([, name]) => name));
    // What bash and systemd set, and where a rehearsal's AWS is.
    for (const name of ["SECONDS", "EPOCHREALTIME", "STATE_DIRECTORY", "AWS_ENDPOINT_URL"])
      known.add(name);
    for (const file of scripts) {
      const used = [...script(file).matchAll(/\$\{?([A-Z][A-Z_0-9]*)(?!:-|[A-Z_0-9])/g)];
      for (const [, name] of used) expect(known, `${name} in ${file}`).toContain(name);
    }
  });
});

describe.skipIf(!hasSystemd)("the units", () => {
  it.each(SHAPES)("of %s are accepted by systemd without a warning", (_title, args) => {
    expect(verifyUnits(args, root)).toBe("");
  });
});

describe("each file", () => {
  it("is of use to one of these services", () => {
    const written = new Set(
      SHAPES.flatMap(([, args]) => {
        const folder = writeFiles(args, root);
        return readdirSync(folder, { recursive: true, encoding: "utf8" });
      }).map((name) => name.replace(/^api/, "service")),
    );
    expect(units.filter((name) => !written.has(name))).toEqual([]);
  });

  it("that lacks a value is named", () => {
    expect(() => unit("service.socket", { SERVICE: "api" })).toThrow(
      "service.socket: there is no value for @ADDRESS@",
    );
  });
});
