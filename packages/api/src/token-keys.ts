/** The keys of the API's tokens and their rotation. Pulumi's engine runs it in another process. */

/** Each has 64 characters with 384 random bits. */
export interface TokenKeys {
  /** Signs tokens. */
  value: string;
  /** Signed until the last rotation and is still accepted. */
  previous: string;
  /** Signs after the next rotation and is already accepted. */
  next: string;
  /** When they were last rotated, ISO 8601; empty before the first rotation. */
  rotated: string;
}

/** Hours between two rotations: one for a rollout, and one for its last token. */
export const HOURS_BETWEEN = 2;

/** New keys. Nothing that was signed before is accepted. */
export async function newKeys(): Promise<TokenKeys> {
  const [value, previous, next] = await Promise.all([randomKey(), randomKey(), randomKey()]);
  return { value, previous, next, rotated: "" };
}

/**
 * Shifts the keys, so that instances from before and after, which serve side by side during a rollout,
 * accept each other's tokens.
 * @throws when `previous` may have signed tokens that are still valid
 */
export async function rotatedKeys(keys: TokenKeys, now = new Date()): Promise<TokenKeys> {
  const soonest = new Date(Date.parse(keys.rotated) + HOURS_BETWEEN * 3_600_000);
  if (now < soonest) {
    throw new Error(
      `The token secret was rotated at ${keys.rotated}. Rotating it again before ` +
        `${soonest.toISOString()} would end tokens that are still good: set TokenSecretVersion back to ` +
        "what it was, or deploy later. After a leak change TokenSecretReset, which ends all tokens.",
    );
  }
  const { value, next } = keys;
  return { previous: value, value: next, next: await randomKey(), rotated: now.toISOString() };
}

async function randomKey(): Promise<string> {
  // Functions that are sent to another process must import what they need.
  const { randomBytes } = await import("node:crypto");
  return randomBytes(48).toString("base64url");
}
