import { Signer } from "@aws-sdk/rds-signer";
import type { Login } from "./login.ts";

/** Signs a token of IAM as this process's role, good for 15 minutes, with which RDS lets the user in. */
export async function signToken(username: string, hostname: string, port: number): Promise<Login> {
  const password = await new Signer({ hostname, port, username }).getAuthToken();
  return { username, password };
}
