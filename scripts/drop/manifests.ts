/** What a feature leaves in manifests and other JSON files. Pure. */

type Json = Record<string, unknown>;

const DEPENDENCIES = ["dependencies", "devDependencies", "optionalDependencies"] as const;

/** What `withoutUnused` has to know about a package's files. */
export interface Uses {
  /** Whether the path of a file, from the package's folder, is gone. */
  isGone(path: string): boolean;
  /** Packages that the feature alone imported, here. */
  unused: ReadonlySet<string>;
}

/**
 * A `package.json` without scripts and exports whose file is gone, and without dependencies that nobody
 * imports any more.
 */
export function withoutUnused(manifest: Json, { isGone, unused }: Uses): Json {
  const scripts = select(manifest.scripts, (_, command) => {
    const [, script] = /scripts\/run\.cjs (\S+\.ts)/.exec(`${command}`) ?? [];
    return !script || !isGone(script);
  });
  const exports = select(manifest.exports, (_, path) => !isGone(`${path}`.replace("./", "")));
  const dependencies = DEPENDENCIES.map((kind) => [
    kind,
    select(manifest[kind], (name) => !unused.has(name.replace("@types/", ""))),
  ]);
  const changed: Json = { scripts, exports, ...Object.fromEntries(dependencies) };
  return Object.fromEntries(
    Object.entries(manifest).map(([key, value]) => [key, changed[key] ?? value]),
  );
}

/** JSON without the keys, or the items of lists by their text, that a path of patterns leads to. */
export function withoutKeys(value: unknown, [pattern, ...deeper]: readonly RegExp[]): unknown {
  if (!pattern) return value;
  if (Array.isArray(value)) return value.filter((item) => !pattern.test(JSON.stringify(item)));
  const entries = Object.entries(value as Json).flatMap(([key, inner]) => {
    if (!pattern.test(key)) return [[key, inner] as const];
    return deeper.length > 0 ? [[key, withoutKeys(inner, deeper)] as const] : [];
  });
  return Object.fromEntries(entries);
}

function select(value: unknown, isKept: (key: string, value: unknown) => boolean) {
  if (value === undefined) return undefined;
  return Object.fromEntries(Object.entries(value as Json).filter(([k, v]) => isKept(k, v)));
}
