import pg from "pg";
import { DomainError, unanswered } from "../errors.ts";

/** SQLSTATE classes of our own mistakes. All others mean that the server cannot answer now. */
const OURS = /^(22|23|42|P0001)/;

/** No collector has run its migrations yet. */
const NO_RIGHTS = "42501";

/** Classes with which a server refuses a row's content. */
const REFUSED_ROW = /^(22|23|P0001)/;

/** No collector has run its migrations yet. */
const NO_SCHEMA = ["42P01", "42703"];

/** Maps the driver's errors to domain errors; a bug is returned unchanged. */
export function toDomainError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DomainError) return error;
  const { code = "" } = error as { code?: string };
  if (error instanceof pg.DatabaseError) {
    if (NO_SCHEMA.includes(code)) {
      return new DomainError("not_found", "No quotes have been collected yet.", { cause: error });
    }
    return OURS.test(code) && code !== NO_RIGHTS ? error : unanswered("Postgres", error);
  }
  // Our own wrong argument.
  if (error instanceof TypeError || error instanceof RangeError) return error;
  return unanswered("Postgres", error);
}

/** Whether a row was refused for its content, so that others may still be stored. */
export function isRefusedRow(error: unknown): boolean {
  return error instanceof pg.DatabaseError && REFUSED_ROW.test(error.code ?? "");
}
