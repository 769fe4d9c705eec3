/** The tables in pages of the docs, which are what commands printed. */
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Section } from "./tables.ts";

const PAGE = new URL("../../docs/performance.md", import.meta.url);
const CHART = new URL("../../docs/images/bench.svg", import.meta.url);

/** A place for a section of the output, by its title. */
const PLACE = /<!-- (?<command>\w+): (?<title>[^>]*?) -->\n[\s\S]*?<!-- end -->/g;

/**
 * Puts sections of the command's output into a page.
 *
 * @param text The page, with places such as `<!-- bench: Bars -->…<!-- end -->`.
 * @returns the page, and the places of that command that no section is for, which stay as they are.
 */
export function fill(
  text: string,
  sections: Section[],
  of = "bench",
): { text: string; left: string[] } {
  const left: string[] = [];
  const filled = text.replaceAll(PLACE, (place, ...match) => {
    const { command, title } = match.at(-1) as { command: string; title: string };
    if (command !== of) return place;
    const section = sections.find((each) => each.title === title);
    if (section) return `<!-- ${command}: ${title} -->\n\n${section.text}\n\n<!-- end -->`;
    left.push(title);
    return place;
  });
  return { text: filled, left };
}

/** Where a run keeps its sections. */
export function sectionsFile(folder: string, run: string): string {
  return join(folder, `${run}.sections.json`);
}

/**
 * Brings a page up to date with the runs whose results are in a folder.
 * @returns the places that none of them is for
 */
export async function writeDocs(
  folder: string,
  runs: string[],
  page = PAGE,
  command = "bench",
): Promise<string[]> {
  const found = await Promise.all(runs.map((run) => read(sectionsFile(folder, run))));
  const { text, left } = fill(await readFile(page, "utf8"), found.flat(), command);
  await writeFile(page, text);
  if (found.some((sections) => sections.some(({ title }) => title === "Bars"))) {
    await copyFile(join(folder, "bench.svg"), CHART);
  }
  return left;
}

async function read(file: string): Promise<Section[]> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
