/** Number and table formats of `npm run cost`. */
import type { Decimal } from "decimal.js";
import { markdownTable } from "markdown-table";
import { HOURS } from "./prices.ts";

/** US dollars with cents: `12.26`, `<0.01`, `0`. */
export function money(usd: Decimal): string {
  if (usd.isZero()) return "0";
  const cents = usd.toDecimalPlaces(2);
  if (cents.isZero()) return usd.isNegative() ? ">-0.01" : "<0.01";
  return grouped(cents.toFixed(2));
}

/** US dollars an hour of what is paid a month: `0.048`. */
export function hourly(month: Decimal): string {
  return month.div(HOURS).toFixed(3);
}

/** A difference, with its sign. */
export function difference(usd: Decimal): string {
  return usd.isPositive() && !usd.isZero() ? `+${money(usd)}` : money(usd);
}

/** A count: `2`, `1,460`, `0.021`, `2.63 M`. */
export function count(quantity: Decimal): string {
  if (quantity.abs().gte(1e6)) return `${quantity.div(1e6).toSignificantDigits(3)} M`;
  if (quantity.abs().gte(100)) return grouped(quantity.toFixed(0));
  return quantity.toSignificantDigits(3).toString();
}

/** What a unit costs: `0.0084`, or `0.625 a million`. */
export function unitPrice(usd: Decimal): string {
  return usd.lt(0.0001) ? `${usd.times(1e6)} a million` : usd.toString();
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** An aligned Markdown table; columns marked `>` hold numbers. */
export function table(head: string[], rows: string[][]): string {
  const align = head.map((title) => (title.startsWith(">") ? "right" : "left"));
  const titles = head.map((title) => title.replace(/^>/, ""));
  return markdownTable([titles, ...rows], { align });
}
