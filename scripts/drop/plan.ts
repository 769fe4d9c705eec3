/** What dropping a feature changes in a checkout. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, matchesGlob, normalize } from "node:path";
import type { Feature } from "./features.ts";
import { withoutKeys, withoutUnused } from "./manifests.ts";
import { withoutImports, withoutLinks, withoutMarked } from "./marks.ts";

/** A file that changes, or goes when it has no text. */
export interface Change {
  file: string;
  text?: string;
  /** Lines that go. */
  lines: number;
}

/** The library, history, and lists of what others made. */
const NOT_THE_APPS = [
  "packages/sst-ec2/**",
  "package-lock.json",
  "CHANGELOG.md",
  "**/requirements*.txt",
  "**/prowler.without.txt",
  "**/documented.json",
];

const isOneOf = (file: string, globs: readonly string[]) =>
  globs.some((glob) => matchesGlob(file, glob));

/** Everything that would change, by file. @throws outside of a git checkout */
export function planOf(root: string, name: string, feature: Feature): Change[] {
  const files = trackedFiles(root);
  const isKept = (file: string) => isOneOf(file, NOT_THE_APPS);
  const own = files.filter((file) => !isKept(file) && isOneOf(file, feature.files));
  const gone = new Set(own);
  const read = (file: string) => readFileSync(join(root, file), "utf8");
  const texts = new Map(
    files.filter((file) => file !== "package-lock.json").map((file) => [file, read(file)]),
  );
  const goneSpecifiers = new Set(specifiersOf(texts, gone));
  const shared = [...texts].flatMap(([file, text]): Change[] => {
    // Pictures and the like.
    if (gone.has(file) || text.includes("\0")) return [];
    const after = sharedText({ file, text, name, feature, gone, goneSpecifiers });
    return after === text ? [] : [{ file, text: after, lines: countOf(text) - countOf(after) }];
  });
  const left = new Map([...texts].filter(([file]) => !gone.has(file)));
  for (const { file, text = "" } of shared) left.set(file, text);
  return [
    ...own.map((file) => ({ file, lines: countOf(read(file)) })),
    ...shared,
    ...manifests(texts, left, gone),
  ];
}

interface Shared {
  file: string;
  text: string;
  name: string;
  feature: Feature;
  gone: ReadonlySet<string>;
  goneSpecifiers: ReadonlySet<string>;
}

function sharedText({ file, text, name, feature, gone, goneSpecifiers }: Shared): string {
  const keys = feature.keys[file];
  if (keys)
    return `${JSON.stringify(keys.reduce<unknown>(withoutKeys, JSON.parse(text)), null, 2)}\n`;
  if (file === "sst-env.d.ts") return withoutLinks(text, feature.links);
  const marked = named(file, () => withoutMarked(text, name));
  if (!file.endsWith(".ts")) return marked;
  return withoutImports(marked, (specifier) =>
    specifier.startsWith(".")
      ? gone.has(normalize(join(dirname(file), specifier)))
      : goneSpecifiers.has(specifier),
  );
}

function named<Result>(file: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
}

/** Names by which others import workspaces, or parts of them, that are gone: `@steadfast/core/quotes`. */
function specifiersOf(texts: ReadonlyMap<string, string>, gone: ReadonlySet<string>): string[] {
  return [...texts.keys()].filter(isManifest).flatMap((file) => {
    const { name, exports = {} } = JSON.parse(texts.get(file) ?? "");
    if (gone.has(file)) return [name];
    return Object.entries<string>(exports)
      .filter(([, path]) => gone.has(join(dirname(file), path)))
      .map(([part]) => join(name, part));
  });
}

/** The manifests of workspaces that stay, where they change. */
function manifests(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  gone: ReadonlySet<string>,
): Change[] {
  return [...after.keys()].filter(isManifest).flatMap((file) => {
    const folder = dirname(file);
    const [had, has] = [importsOf(before, folder), importsOf(after, folder)];
    const text = before.get(file) ?? "";
    const now = JSON.parse(text);
    const manifest = withoutUnused(now, {
      isGone: (path) => gone.has(join(folder, path)),
      unused: had.difference(has),
    });
    const changed = `${JSON.stringify(manifest, null, 2)}\n`;
    return JSON.stringify(manifest) === JSON.stringify(now)
      ? []
      : [{ file, text: changed, lines: countOf(text) - countOf(changed) }];
  });
}

const isManifest = (file: string) =>
  /^((packages|tools)\/[^/]+\/|load\/)?package\.json$/.test(file);

/** Packages that the files of a workspace import; for the root, all that are in no workspace. */
function importsOf(texts: ReadonlyMap<string, string>, folder: string): Set<string> {
  const isInside = (file: string) =>
    folder === "." ? !/^(packages|tools|load)\//.test(file) : file.startsWith(`${folder}/`);
  const names = [...texts].flatMap(([file, text]) =>
    file.endsWith(".ts") && isInside(file)
      ? [...text.matchAll(/(?:from|import) ?\(?"((?:@[\w.-]+\/)?[\w.-]+)/g)].map(([, name]) => name)
      : [],
  );
  return new Set(names as string[]);
}

/** Lines that speak of the feature, in a checkout as it is or as it would be after `changes`. */
export function mentions(
  root: string,
  { words }: Feature,
  changes: readonly Change[] = [],
): string[] {
  const changed = new Map(changes.map(({ file, text }) => [file, text]));
  return trackedFiles(root).flatMap((file) => {
    if (isOneOf(file, NOT_THE_APPS)) return [];
    const text = changed.has(file) ? changed.get(file) : readFileSync(join(root, file), "utf8");
    return (text ?? "")
      .split("\n")
      .flatMap((line, index) =>
        words.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 100)}`] : [],
      );
  });
}

/** Files that git tracks or would track. */
export function trackedFiles(root: string): string[] {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const output = execFileSync("git", args, { cwd: root, encoding: "utf8", maxBuffer: 2 ** 26 });
  return [...new Set(output.split("\0"))].filter((file) => file && existsSync(join(root, file)));
}

const countOf = (text: string) => text.split("\n").length;
