import pg from "pg";
import { DomainError, unanswered } from "../errors.ts";

/**
 * SQLSTATE classes with which a server finds fault with a statement or a value: ours, however often it
 * is asked. With all others (connection, login, resources, deadlock, fail-over, a pooler's own) it
 * cannot now.
 */
const OURS = /^(22|23|42|P0001)/;

/** The role has not been given its rights: no collector has run its migrations yet. */
const NO_RIGHTS = "42501";

/** Classes with which a server refuses a row for what is in it: data, constraints, a trigger. */
const REFUSED_ROW = /^(22|23|P0001)/;

/** The table or a column is not there: no collector has run its migrations yet. */
const NO_SCHEMA = ["42P01", "42703"];

/** Turns what the driver threw into a domain error where it is one; a bug comes back as it is. */
export function toDomainError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DomainError) return error;
  const { code = "" } = error as { code?: string };
  if (error instanceof pg.DatabaseError) {
    if (NO_SCHEMA.includes(code)) {
      return new DomainError("not_found", "No quotes have been collected yet.", { cause: error });
    }
    return OURS.test(code) && code !== NO_RIGHTS ? error : unanswered("Postgres", error);
  }
  // A wrong argument of ours; whatever else is no word of the server comes from the way to it.
  if (error instanceof TypeError || error instanceof RangeError) return error;
  return unanswered("Postgres", error);
}

/** Whether a row was refused for what is in it, so that others may be taken. */
export function isRefusedRow(error: unknown): boolean {
  return error instanceof pg.DatabaseError && REFUSED_ROW.test(error.code ?? "");
}
