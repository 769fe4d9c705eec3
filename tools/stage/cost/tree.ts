/** Costs as a tree: each resource, and below it what is billed for it. */
import type { Decimal } from "decimal.js";
import { groupBy, type Line } from "./estimate.ts";
import { count, money, unitPrice } from "./format.ts";

/** Most characters of a line. */
const WIDTH = 100;
const COLUMNS = [12, 23, 16, 9] as const;

/**
 * A tree of 100 columns, the most expensive resource first. Resources with the same lines share a branch.
 *
 * @example
 * ```text
 * Name                        Monthly quantity  Unit           Price  Monthly cost
 * ApiGroup (Auto Scaling group)
 * ├─ 2 × t4g.micro                       1,460  hour          0.0084         12.26
 * ```
 */
export function tree(lines: readonly Line[]): string {
  const head = row("Name", ["Quantity", "Unit", "Price", "A month"]);
  const branches = alike(lines).flatMap(({ name, members }) => [name, ...leaves(members), ""]);
  return [head, "", ...branches].join("\n").trimEnd();
}

/** Resources by name; those whose lines differ only in quantity are one. */
function alike(lines: readonly Line[]): { name: string; members: Line[] }[] {
  const resources = groupBy(lines, ({ type, resource }) => `${type} ${resource}`);
  const kinds = Map.groupBy(resources, ({ lines: members }) =>
    members.map(({ type, what, price }) => [type, what, price].join()).join("\n"),
  );
  return [...kinds.values()]
    .map((same) => {
      const [{ lines: [first] = [] } = {}] = same;
      const type = first?.type.split(":").at(-1) ?? "";
      const names = same.map(({ lines: [line] }) => line?.resource).join(", ");
      const name = same.length > 3 ? `${same.length} × ${type}` : `${names} (${type})`;
      return { name, members: same.flatMap(({ lines: members }) => members) };
    })
    .sort((one, other) => monthOf(other.members).comparedTo(monthOf(one.members)));
}

function leaves(members: readonly Line[]): string[] {
  const parts = groupBy(members, ({ what, price }) => `${what} ${price}`);
  return parts.map(({ lines, month }, index) => {
    const [line] = lines as [Line];
    const units = lines.map(({ quantity }) => quantity).reduce((all, each) => all.plus(each));
    const branch = index === parts.length - 1 ? "└─" : "├─";
    const cells = [count(units), line.unit, unitPrice(line.usd), money(month)];
    return row(`${branch} ${line.what}`, cells);
  });
}

function monthOf(lines: readonly Line[]): Decimal {
  return lines.map(({ month }) => month).reduce((all, each) => all.plus(each));
}

/** Text to the left, numbers to the right. */
function row(name: string, [units = "", unit = "", price = "", month = ""]: string[]): string {
  const [forUnits, forUnit, forPrice, forMonth] = COLUMNS;
  const rest = [
    units.padStart(forUnits),
    unit.padEnd(forUnit),
    price.padStart(forPrice),
    month.padStart(forMonth),
  ].join("  ");
  return `${name.padEnd(WIDTH - rest.length - 1)} ${rest}`;
}
