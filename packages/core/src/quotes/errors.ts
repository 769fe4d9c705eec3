import pg from "pg";
import { DomainError, unanswered } from "../errors.ts";

/**
 * SQLSTATE classes and codes with which a server says that it cannot now, though nothing is wrong
 * with the query.
 */
const NOT_NOW = [
  "08", // connection
  "53", // too many connections, out of memory or disk
  "57P", // shutting down or starting up
  "57014", // statement_timeout
  "55P03", // lock_timeout
  "25006", // read only: a stand-by, in the middle of a failover
  "28", // the login is refused: the password may just be rotating
  "40", // deadlock, serialization
  "58", // input and output errors
];

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
    return NOT_NOW.some((prefix) => code.startsWith(prefix))
      ? unanswered("Postgres", error)
      : error;
  }
  // A wrong argument of ours; whatever else is no word of the server comes from the way to it.
  if (error instanceof TypeError || error instanceof RangeError) return error;
  return unanswered("Postgres", error);
}
