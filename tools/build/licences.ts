/**
 * The licences of everything in a bundle: nearly all of them ask to travel with copies of the code.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metafile } from "esbuild";

const LICENCE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/**
 * Folders of the npm packages whose code is in a bundle, relative to where it was built, sorted.
 */
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
 * One text with name, version and licence of each package in a bundle, and of Swagger UI, whose
 * files `@fastify/swagger-ui` carries without their licence.
 *
 * @throws if a package states no licence that can be shipped.
 */
export async function licences(metafile: Metafile, root: string): Promise<string> {
  const packages = packagesOf(metafile);
  const sections = await Promise.all(packages.map((folder) => section(join(root, folder))));
  if (packages.some((folder) => folder.endsWith("/@fastify/swagger-ui")))
    sections.push(await text("swagger-ui-dist"));
  return sections.join(`\n${"-".repeat(80)}\n\n`);
}

async function section(folder: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const files = (await readdir(folder)).filter((file) => LICENCE_FILE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  if (texts.length === 0) texts.push(await standardText(manifest));
  const heading = `${manifest.name} ${manifest.version}\nLicence: ${manifest.license ?? "see below"}\n`;
  return [heading, ...texts.map((each) => `${each.trim()}\n`)].join("\n");
}

interface Manifest {
  name: string;
  version: string;
  license?: string;
  author?: string | { name: string };
}

/** The words of a licence that a package names without bringing them along. */
async function standardText({ name, version, license, author }: Manifest): Promise<string> {
  if (license !== "MIT" && license !== "Apache-2.0")
    throw new Error(`${name}@${version} brings no licence text, and "${license}" has none here`);
  const holder = (typeof author === "string" ? author : author?.name) || `the authors of ${name}`;
  return `Copyright (c) ${holder}\n\n${await text(license)}`;
}

function text(name: string): Promise<string> {
  return readFile(join(import.meta.dirname, "licences", `${name}.txt`), "utf8");
}
