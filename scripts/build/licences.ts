/** The licences of everything in a bundle: nearly all of them ask to travel with copies of the code. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metafile } from "esbuild";

const LICENCE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/** Folders of the npm packages whose code is in a bundle, relative to where it was built, sorted. */
export function packagesOf(metafile: Metafile): string[] {
  const outputs = Object.values(metafile.outputs).flatMap((output) =>
    // A file that was only looked at (tree-shaken to nothing) is not in the bundle.
    Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [path] : [],
    ),
  );
  const folders = outputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
  return [...new Set(folders)].sort();
}

/**
 * One text with name, version and licence text of each package in a bundle.
 *
 * @throws if a package states no licence at all: nobody may ship such code.
 */
export async function licences(metafile: Metafile, root: string): Promise<string> {
  const sections = await Promise.all(
    packagesOf(metafile).map((folder) => section(join(root, folder))),
  );
  return sections.join(`\n${"-".repeat(80)}\n\n`);
}

async function section(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(
    await readFile(join(folder, "package.json"), "utf8"),
  );
  const files = (await readdir(folder)).filter((file) => LICENCE_FILE.test(file)).sort();
  if (!license && files.length === 0)
    throw new Error(`${name}@${version} (${folder}) states no licence and cannot be shipped`);
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  return [
    `${name} ${version}`,
    `Licence: ${license ?? "see below"}`,
    ...texts.map((text) => `\n${text.trim()}`),
    "",
  ].join("\n");
}
