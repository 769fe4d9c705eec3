import { createHash } from "node:crypto";
import type { LoginItem } from "./user.ts";

const REMEMBERED = 8;

/** 24 bits of a hash: enough to recognise a network, too few to identify it. */
function markOf(login: string, network: string): string {
  return createHash("sha256").update(`${login} ${network}`).digest("base64url").slice(0, 4);
}

/** Whether the login succeeded from this network before. */
export function isKnown({ login, networks = "" }: LoginItem, network: string): boolean {
  return networks.split(" ").includes(markOf(login, network));
}

/** The login's networks with one more, which may replace the oldest. */
export function withNetwork({ login, networks = "" }: LoginItem, network: string): string {
  const marks = networks.split(" ").filter((mark) => mark !== "");
  return [...marks, markOf(login, network)].slice(-REMEMBERED).join(" ");
}
