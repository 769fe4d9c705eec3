import { createHash } from "node:crypto";
import type { LoginItem } from "./user.ts";

/** Networks remembered per login. */
const REMEMBERED = 8;

/**
 * A network in remembered form: 24 bits of a hash, which many networks share. Enough to recognise
 * it, too few to identify it.
 */
function markOf(login: string, network: string): string {
  return createHash("sha256").update(`${login} ${network}`).digest("base64url").slice(0, 4);
}

/** Whether the login succeeded from this network before. */
export function isKnown({ login, networks = "" }: LoginItem, network: string): boolean {
  return networks.split(" ").includes(markOf(login, network));
}

/** The login's networks with one more, which replaces the oldest when there are too many. */
export function withNetwork({ login, networks = "" }: LoginItem, network: string): string {
  const marks = networks.split(" ").filter((mark) => mark !== "");
  return [...marks, markOf(login, network)].slice(-REMEMBERED).join(" ");
}
