import { createHash } from "node:crypto";
import type { LoginItem } from "./user.ts";

/** Networks that are remembered for a login. */
const REMEMBERED = 8;

/**
 * A network as it is remembered: 24 bits of a hash, which many networks share. Enough to know one again,
 * and too few to tell which it was.
 */
function markOf(login: string, network: string): string {
  return createHash("sha256").update(`${login} ${network}`).digest("base64url").slice(0, 4);
}

/** Whether the login was used with success from this network before. */
export function isKnown({ login, networks = "" }: LoginItem, network: string): boolean {
  return networks.split(" ").includes(markOf(login, network));
}

/** The networks of a login with one more, in the place of the oldest when there are too many. */
export function withNetwork({ login, networks = "" }: LoginItem, network: string): string {
  const marks = networks.split(" ").filter((mark) => mark !== "");
  return [...marks, markOf(login, network)].slice(-REMEMBERED).join(" ");
}
