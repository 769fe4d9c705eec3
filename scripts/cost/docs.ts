/** The tables in docs/cost.md, which are what the command prints. */
import { readFile, writeFile } from "node:fs/promises";
import type { PriceFile } from "./prices.ts";
import { type Section, sectionsOf } from "./report.ts";
import { study } from "./study.ts";

export const PAGE = new URL("../../docs/cost.md", import.meta.url);

/** A place for the command's output: the stage, then the titles of the sections that are wanted. */
const PLACE = /<!-- cost (?<stage>\S+): (?<titles>[^>]*?) -->\n[\s\S]*?<!-- end -->/g;

/**
 * Puts the command's output into a page.
 *
 * @param text The page, with places such as `<!-- cost prod: By service -->…<!-- end -->`.
 * @throws When a place asks for a section that there is not.
 */
export async function fill(text: string, prices: PriceFile): Promise<string> {
  const stages = new Set([...text.matchAll(PLACE)].map(({ groups }) => groups?.stage as string));
  const sections = new Map<string, Section[]>();
  for (const stage of stages)
    sections.set(stage, sectionsOf(await study(stage, prices), { original: true }));
  return text.replaceAll(PLACE, (...match) => {
    const { stage, titles } = match.at(-1) as { stage: string; titles: string };
    const wanted = titles.split(", ").map((title) => {
      const section = sections.get(stage)?.find((each) => each.title.startsWith(title));
      if (!section)
        throw new Error(`docs/cost.md asks for "${title}" of ${stage}, which is not printed`);
      return section.verbatim ? `\`\`\`text\n${section.text}\n\`\`\`` : section.text;
    });
    return `<!-- cost ${stage}: ${titles} -->\n\n${wanted.join("\n\n")}\n\n<!-- end -->`;
  });
}

/** Brings docs/cost.md up to date. */
export async function writeDocs(prices: PriceFile): Promise<void> {
  await writeFile(PAGE, await fill(await readFile(PAGE, "utf8"), prices));
}
