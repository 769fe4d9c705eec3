import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** Least bytes of a secret; `packages/api/src/tokens.ts` refuses shorter ones. */
const MIN_BYTES = 32;

/**
 * The secret that signs tokens on this machine: created once, in a file that only its owner can
 * read.
 *
 * @throws when the file is damaged
 */
export function tokenSecret(file: string): string {
  if (!existsSync(file)) {
    writeFileSync(file, randomBytes(48).toString("base64"), { mode: 0o600 });
  }
  const secret = readFileSync(file, "utf8").trim();
  if (Buffer.byteLength(secret) >= MIN_BYTES) return secret;
  throw new Error(`The file ${file} is damaged: remove it, and log in anew.`);
}
