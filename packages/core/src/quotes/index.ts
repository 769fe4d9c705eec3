export { DomainError } from "../errors.ts";
export { linkProperties } from "../links.ts";
export { decodeQuoteCursor, encodeQuoteCursor, type QuotePosition } from "./cursor.ts";
export { isRefusedRow } from "./errors.ts";
export { Postgres, type PostgresOptions } from "./postgres.ts";
export { DEFAULT_MARKET, type Market, type Quote, type QuoteSource } from "./quote.ts";
export { QUOTE_FIELDS, type QuotePage, type QuoteRange, Quotes } from "./quotes.ts";
export {
  type Credentials,
  type PostgresLink,
  type PostgresSettings,
  readPostgresSettings,
} from "./settings.ts";
