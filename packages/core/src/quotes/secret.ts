import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Login } from "./login.ts";

/** Milliseconds, with the SDK's retries. */
const TIMEOUT = 3000;

/** Reads a login from Secrets Manager. @throws when there is none, or it is no `{ username, password }` */
export async function readSecret(secretArn: string): Promise<Login> {
  const client = new SecretsManagerClient({ maxAttempts: 3 });
  try {
    const { SecretString = "" } = await client.send(
      new GetSecretValueCommand({ SecretId: secretArn }),
      { abortSignal: AbortSignal.timeout(TIMEOUT) },
    );
    return parse(SecretString, secretArn);
  } finally {
    client.destroy();
  }
}

/** Its text never reaches an error. */
function parse(text: string, secretArn: string): Login {
  let value: Partial<Login> | null = null;
  try {
    value = JSON.parse(text);
  } catch {
    // Reported below.
  }
  const { username, password } = value ?? {};
  if (typeof username === "string" && typeof password === "string") return { username, password };
  throw new Error(`The secret ${secretArn} is not JSON with username and password.`);
}
