import { decodeQuoteCursor, encodeQuoteCursor } from "@steadfast/core/quotes";
import { expect, it } from "vitest";

const bitcoin = { symbol: "BTC", currency: "USD" };
const moment = "2026-01-31T12:00:00.000Z";

it("a cursor leads back to its place", () => {
  expect(decodeQuoteCursor(bitcoin, encodeQuoteCursor(bitcoin, moment))).toBe(moment);
});

it.each([
  ["of another coin", encodeQuoteCursor({ symbol: "ETH", currency: "USD" }, moment)],
  ["of another currency", encodeQuoteCursor({ symbol: "BTC", currency: "EUR" }, moment)],
  ["that is empty", ""],
  ["that is no cursor", "abc"],
  ["with a date that there is not", encodeQuoteCursor(bitcoin, "2026-99-31T12:00:00.000Z")],
  ["with SQL in place of the date", encodeQuoteCursor(bitcoin, "'; drop table bitcoin_quotes")],
  ["in another spelling", `${encodeQuoteCursor(bitcoin, moment)}=`],
])("one %s is none", (_kind, cursor) => {
  expect(decodeQuoteCursor(bitcoin, cursor)).toBeUndefined();
});
