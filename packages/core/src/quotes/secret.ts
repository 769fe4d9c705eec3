import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Credentials } from "./settings.ts";

export interface Login {
  username: string;
  password: string;
}

/** Time for Secrets Manager to answer, with the SDK's retries, in milliseconds. */
const TIMEOUT = 3000;

/**
 * The login that credentials stand for. A secret is read when it is first asked for, and again after
 * {@link LoginSource.forget}: that is how a rotated password is found.
 */
export class LoginSource {
  readonly #read: () => Promise<Login>;
  #login: Promise<Login> | undefined;

  constructor(credentials: Credentials) {
    this.#read =
      "secretArn" in credentials
        ? () => readSecret(credentials.secretArn)
        : () => Promise.resolve(credentials);
  }

  /** @throws when the secret cannot be read, or is no `{ username, password }`; the next call tries again */
  get(): Promise<Login> {
    this.#login ??= this.#read().catch((error) => {
      this.#login = undefined;
      throw error;
    });
    return this.#login;
  }

  /** The login was refused: read it again when it is next asked for. */
  forget(): void {
    this.#login = undefined;
  }
}

async function readSecret(secretArn: string): Promise<Login> {
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

/** Checks the JSON without ever putting its text into an error. */
function parse(text: string, secretArn: string): Login {
  let value: Partial<Login> | null = null;
  try {
    value = JSON.parse(text);
  } catch {
    // Said below.
  }
  const { username, password } = value ?? {};
  if (typeof username === "string" && typeof password === "string") return { username, password };
  throw new Error(`The secret ${secretArn} is not JSON with username and password.`);
}
