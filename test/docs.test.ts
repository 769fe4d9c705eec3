/** The pages for people: that each says whom it is for, is found, and points to what there is. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

const PAGES = globSync("docs/*.md");
/** Written by the command that it is about. */
const GENERATED = ["docs/boot-rehearsal.md", "docs/scale.md"];
const texts = new Map(
  ["README.md", ...PAGES].map((file) => [file, readFileSync(file, "utf8")] as const),
);

/** A heading as GitHub links to it. */
function anchorOf(heading: string): string {
  const plain = heading.replaceAll(/[`*]|\]\([^)]*\)|\[/g, "").toLowerCase();
  return plain.replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
}

function anchorsIn(text: string): string[] {
  const outside = text.replaceAll(/^ *```[\s\S]*?^ *```/gm, "");
  return [...outside.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading));
}

/** What a page links to, but for the web. */
function linksIn(text: string): string[] {
  return [...text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(([, target = ""]) => target);
}

test("the README is read in a few minutes", () => {
  expect(texts.get("README.md")?.split("\n").length).toBeLessThanOrEqual(150);
});

test("the README leads to every page", () => {
  const linked = linksIn(texts.get("README.md") ?? "").map((target) => target.split("#")[0]);
  const pages = PAGES.filter((page) => !GENERATED.includes(page));
  expect(pages.filter((page) => !linked.includes(page))).toEqual([]);
});

describe.each([...texts])("%s", (file, text) => {
  test.skipIf(file === "README.md" || GENERATED.includes(file))("says first whom it is for", () => {
    expect(text).toMatch(/^# .+\n\nFor /);
  });

  test("links to files, pages and headings that are there", () => {
    const broken = linksIn(text).filter((link) => {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? file : join(dirname(file), path);
      if (!existsSync(target)) return true;
      if (anchor === undefined || !target.endsWith(".md")) return false;
      return !anchorsIn(readFileSync(target, "utf8")).includes(anchor);
    });
    expect(broken).toEqual([]);
  });
});
