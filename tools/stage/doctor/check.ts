/** Checks of the account. */
import type { Needs } from "./needs.ts";

/**
 * `ok`: nothing to do. `note`: a deploy would work, but somebody should know, or AWS did not let us
 * look. `fault`: this deploy or the next one would fail.
 */
export type Outcome = "ok" | "note" | "fault";

/** One line of the doctor's output. */
export interface Finding {
  outcome: Outcome;
  /** What was found. */
  found: string;
  /** What to do about it, preferably a command. */
  todo?: string;
}

/** What the checks are about. */
export interface Patient {
  stage: string;
  region: string;
  /** What the stage needs from an account. */
  needs: Needs;
  /** The account's number. */
  account: string;
  /** ARN of the user or role that runs the checks and will deploy. */
  principal: string;
}

/** A read-only check. */
export interface Check {
  /** Prefix of its lines. */
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

/** Whether AWS denied access, which leaves the answer unknown and is no fault. */
export function isRefusal(error: unknown): boolean {
  return /AccessDenied|UnauthorizedOperation|NotAuthorized|Forbidden|^403$/i.test(
    (error as Error).name,
  );
}

/** An SDK error on one line. */
export function inOneLine(error: unknown): string {
  const { name, message } = error as Error;
  return `${name}: ${message}`.replaceAll(/\s+/g, " ").replace(/\.$/, "");
}
