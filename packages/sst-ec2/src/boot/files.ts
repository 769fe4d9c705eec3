/**
 * The files of an instance's first boot as they stand in `files/`: scripts, which find their settings
 * in their environment, and units, with `@NAME@` for what differs.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/**
 * Reads a script, for `bash` or `python3`.
 *
 * Comments, and the indentation of bash, are for readers of the sources: user data is limited, and
 * they are a third of it.
 */
export function script(name: string): string {
  const text = read(name);
  return name.endsWith(".py")
    ? text.replaceAll(/^"""[\s\S]*?^"""\n/gm, "")
    : text.replaceAll(/^[ \t]+/gm, "");
}

/**
 * Renders a unit or a drop-in of one.
 *
 * @param values what stands for each `@NAME@`, as systemd reads it
 * @throws when the file has a name without a value
 */
export function unit(name: string, values: Readonly<Record<string, string | number>>): string {
  return read(name).replaceAll(/@([A-Z][A-Z_]*)@/g, (_, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`${name}: there is no value for @${key}@`);
    return String(value);
  });
}

function read(name: string): string {
  return readFileSync(join(folder(), name), "utf8").replaceAll(/^([ \t]*#.*)?\n/gm, "");
}

/** SST bundles this module into another file, so that its own address says nothing of where they are. */
const folder = (): string =>
  join(createRequire(import.meta.url).resolve("sst-ec2/package.json"), "../src/boot/files");
