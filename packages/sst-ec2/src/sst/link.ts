/**
 * Reads links as SST does. SST's own helpers silently drop an entry that cannot be linked; here it
 * is an error.
 */

import { ArgumentError } from "./argument-error.ts";

/** What SST requires of something linkable. */
export interface Linkable {
  urn: $util.Output<string>;
  getSSTLink(): {
    properties: Record<string, unknown>;
    include?: ({ type: string } & Record<string, unknown>)[];
  };
}

/** IAM statement of a link. */
export type Permission = Pick<
  Extract<NonNullable<sst.aws.FunctionArgs["permissions"]>, readonly unknown[]>[number],
  "actions" | "resources" | "effect" | "conditions"
>;

/**
 * Checks that each entry of a `link` array can be linked.
 *
 * @param component The component's name, for the message.
 * @throws When an entry is missing or is no link.
 */
export function checkLinks(component: string, links: readonly unknown[]): Linkable[] {
  if (!Array.isArray(links))
    throw new ArgumentError(`"link" of "${component}" is ${describe(links)}; it must be a list.`);
  return (links as readonly unknown[]).map((link, index) => {
    if (isLinkable(link)) return link;
    throw new ArgumentError(
      `"link[${index}]" of "${component}" is ${describe(link)}, which cannot be linked. Allowed are SST components, sst.Linkable, and resources made linkable by sst.Linkable.wrap.`,
    );
  });
}

function isLinkable(link: unknown): link is Linkable {
  return (
    typeof link === "object" &&
    link !== null &&
    typeof (link as Partial<Linkable>).getSSTLink === "function" &&
    (link as Partial<Linkable>).urn !== undefined
  );
}

function describe(link: unknown): string {
  if (link === undefined || link === null) return `${link}`;
  if (typeof link !== "object") return `a ${typeof link}`;
  return `an object of type ${link.constructor?.name || "Object"}`;
}

/**
 * Environment that makes `Resource` of the `sst` package work: `SST_RESOURCE_<Name>` for each link
 * and `SST_RESOURCE_App`.
 */
export function linkEnvironment(links: readonly Linkable[]): $util.Output<Record<string, string>> {
  const entries = links.map((link) =>
    $util.all([link.urn, $util.output(link.getSSTLink().properties)]).apply(([urn, properties]) => {
      const [type, name] = urn.split("::").slice(-2);
      return [`SST_RESOURCE_${name}`, JSON.stringify({ ...properties, type })] as const;
    }),
  );
  const app = JSON.stringify({ name: $app.name, stage: $app.stage });
  return $util
    .all(entries)
    .apply(
      (all) => ({ ...Object.fromEntries(all), SST_RESOURCE_App: app }) as Record<string, string>,
    );
}

/** The IAM statements of all links. */
export function linkPermissions(links: readonly Linkable[]): Permission[] {
  return links.flatMap((link) =>
    (link.getSSTLink().include ?? [])
      .filter((each) => each.type === "aws.permission")
      .map((each) => each as unknown as Permission),
  );
}
