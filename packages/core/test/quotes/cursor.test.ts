import { decodeQuoteCursor, encodeQuoteCursor } from "@steadfast/core/quotes";
import { expect, it } from "vitest";

const bitcoin = { symbol: "BTC", currency: "USD" };
const moment = "2026-01-31T12:00:00.000123Z";
const position = { moment, id: "17" };
const at = (changes: object) => encodeQuoteCursor(bitcoin, { ...position, ...changes });

it("a cursor leads back to its place", () => {
  expect(decodeQuoteCursor(bitcoin, encodeQuoteCursor(bitcoin, position))).toEqual(position);
});

it.each([
  ["of another coin", encodeQuoteCursor({ symbol: "ETH", currency: "USD" }, position)],
  ["of another currency", encodeQuoteCursor({ symbol: "BTC", currency: "EUR" }, position)],
  ["that is empty", ""],
  ["that is no cursor", "abc"],
  ["with a date that there is not", at({ moment: "2026-02-30T12:00:00.000000Z" })],
  ["with a month that there is not", at({ moment: "2026-99-31T12:00:00.000000Z" })],
  ["of the year 0", at({ moment: "0000-01-01T00:00:00.000000Z" })],
  ["with milliseconds", at({ moment: "2026-01-31T12:00:00.000Z" })],
  ["with a row that is no number", at({ id: "1 or 1=1" })],
  ["with a row beyond what Postgres counts", at({ id: "9".repeat(19) })],
  ["with SQL in place of the date", at({ moment: "'; drop table bitcoin_quotes" })],
  ["in another spelling", `${at({})}=`],
])("one %s is none", (_kind, cursor) => {
  expect(decodeQuoteCursor(bitcoin, cursor)).toBeUndefined();
});
