/** Fills the tables in the docs with the command's output. */
import { readFile, writeFile } from "node:fs/promises";
import type { PriceFile } from "./prices.ts";
import { type Section, sectionsOf } from "./report.ts";
import { study } from "./study.ts";
import { sumOf } from "./sums.ts";

/** The pages that have some. */
export const PAGES = ["docs/cost.md", "docs/first-evening.md", "packages/sst-ec2/README.md"].map(
  (name) => new URL(`../../../${name}`, import.meta.url),
);

/** A placeholder: the stage, then the titles of the wanted sections. */
const PLACE = /<!-- cost (?<stage>\S+): (?<titles>[^>]*?) -->\n[\s\S]*?<!-- end -->/g;

/** The same for a sum within a line. */
const SUM = /(<!-- sum (\w+) -->).*?(<!-- end -->)/g;

/**
 * Puts the command's output into a page.
 *
 * @param text The page, with placeholders such as `<!-- cost prod: By service -->…<!-- end -->` and
 *   `<!-- sum fargate -->…<!-- end -->`.
 * @throws When a placeholder names an unknown section or sum.
 */
export async function fill(text: string, prices: PriceFile): Promise<string> {
  const stages = new Set([...text.matchAll(PLACE)].map(({ groups }) => groups?.stage as string));
  const sections = new Map<string, Section[]>();
  for (const stage of stages)
    sections.set(stage, sectionsOf(await study(stage, prices), { original: true }));
  const summed = text.replaceAll(
    SUM,
    (_, begin: string, name: string, end: string) => `${begin}${sumOf(name, prices)}${end}`,
  );
  return summed.replaceAll(PLACE, (...match) => {
    const { stage, titles } = match.at(-1) as { stage: string; titles: string };
    const wanted = titles.split(", ").map((title) => {
      const section = sections.get(stage)?.find((each) => each.title.startsWith(title));
      if (!section)
        throw new Error(`the docs ask for "${title}" of ${stage}, which is not printed`);
      return section.verbatim ? `\`\`\`text\n${section.text}\n\`\`\`` : section.text;
    });
    return `<!-- cost ${stage}: ${titles} -->\n\n${wanted.join("\n\n")}\n\n<!-- end -->`;
  });
}

/** Updates the pages. */
export async function writeDocs(prices: PriceFile): Promise<void> {
  for (const page of PAGES) await writeFile(page, await fill(await readFile(page, "utf8"), prices));
}
