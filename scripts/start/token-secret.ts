import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** The secret that signs tokens on this machine: made once, kept in a file that only its owner reads. */
export function tokenSecret(file: string): string {
  if (!existsSync(file)) {
    writeFileSync(file, randomBytes(48).toString("base64"), { mode: 0o600 });
  }
  return readFileSync(file, "utf8").trim();
}
