import { Signer } from "@aws-sdk/rds-signer";
import type { Login } from "./login.ts";

/** Signs an IAM token as this process's role, with which RDS accepts the user for 15 minutes. */
export async function signToken(username: string, hostname: string, port: number): Promise<Login> {
  const password = await new Signer({ hostname, port, username }).getAuthToken();
  return { username, password };
}
