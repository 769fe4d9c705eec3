/** Marks of a feature in texts that it shares with the rest. Pure. */

/**
 * A text without what belongs to a feature.
 *
 * @throws when a region has no end, or an end no region
 *
 * @example
 * ```ts
 * withoutMarked("a\nb // drop: quotes\nc\n", "quotes"); // "a\nc\n"
 * ```
 */
export function withoutMarked(text: string, feature: string): string {
  const line = new RegExp(`(//|#|<!--) drop: ${feature}\\b`);
  const start = new RegExp(`#region ${feature}\\b`);
  const end = new RegExp(`#endregion ${feature}\\b`);
  let inside = false;
  const kept = text.split("\n").filter((each) => {
    const wasInside = inside;
    if (end.test(each)) inside = false;
    else if (start.test(each)) inside = true;
    else return !inside && !line.test(each);
    if (inside === wasInside) throw new Error(`a region does not match: ${each.trim()}`);
    return false;
  });
  if (inside) throw new Error("a region has no end");
  return kept.join("\n");
}

/** Imports, and exports from elsewhere, each as a whole statement. */
const STATEMENT = /^(?:import|export)\s(?:[^;"]*?\sfrom\s)?"(?<from>[^"]+)";\n/gm;

/**
 * Source without imports of modules that are gone. Names that nobody uses any more are the linter's to
 * remove.
 *
 * @param isGone Whether a specifier leads to such a module.
 */
export function withoutImports(source: string, isGone: (specifier: string) => boolean): string {
  return source.replace(STATEMENT, (statement, from: string) => (isGone(from) ? "" : statement));
}

/** `sst-env.d.ts` without some links. */
export function withoutLinks(declarations: string, links: readonly string[]): string {
  const block = new RegExp(`^ {4}"(${links.join("|")})": \\{\\n[^}]*\\}\\n`, "gm");
  return declarations.replace(block, "");
}
