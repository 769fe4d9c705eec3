/** What a check of the account is. */
import type { Needs } from "./needs.ts";

/**
 * `ok`: nothing to do. `note`: a deploy goes on, but somebody should know, or AWS did not let us look.
 * `fault`: this deploy or the next one would fail.
 */
export type Outcome = "ok" | "note" | "fault";

/** One line of what the doctor says. */
export interface Finding {
  outcome: Outcome;
  /** What there is. */
  found: string;
  /** What to do about it, a command where there is one. */
  todo?: string;
}

/** Whom and what the checks are about. */
export interface Patient {
  stage: string;
  region: string;
  /** What the stage asks of an account. */
  needs: Needs;
  /** Number of the account. */
  account: string;
  /** ARN of the user or role that looks, and will deploy. */
  principal: string;
}

/** A check: what it looks at, and how. It changes nothing. */
export interface Check {
  /** What its lines begin with. */
  name: string;
  look(patient: Patient): Promise<Finding | Finding[]>;
}

export const ok = (found: string): Finding => ({ outcome: "ok", found });
export const note = (found: string, todo?: string): Finding => ({
  outcome: "note",
  found,
  ...(todo && { todo }),
});
export const fault = (found: string, todo: string): Finding => ({ outcome: "fault", found, todo });

/** Whether AWS refuses to answer: nobody knows then, which is no fault. */
export function isRefusal(error: unknown): boolean {
  return /AccessDenied|UnauthorizedOperation|NotAuthorized|Forbidden|^403$/i.test(
    (error as Error).name,
  );
}

/** A command with what AWS's SDK wants to know on one line. */
export function inOneLine(error: unknown): string {
  const { name, message } = error as Error;
  return `${name}: ${message}`.replaceAll(/\s+/g, " ").replace(/\.$/, "");
}
