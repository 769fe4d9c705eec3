/**
 * An instance's links, read from SSM. A separate module, so that its client is loaded only when
 * needed.
 */
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { SSM_VARIABLE } from "../boot/validate.ts";
import { describe } from "./describe.ts";

/** A boot must not hang on a call that never returns. */
const TIMEOUT_MS = 10_000;

/**
 * Reads parameters and joins their decrypted values in order.
 *
 * @throws one line that names the parameter, or says what is wrong with the values without showing
 *   them
 */
export async function readLinks(names: string[]): Promise<Record<string, string>> {
  const ssm = new SSMClient({ maxAttempts: 3 });
  const abortSignal = AbortSignal.timeout(TIMEOUT_MS);
  // One call each: a call for several returns them in any order and without the version that a name
  // may have.
  const read = async (Name: string) => {
    const command = new GetParameterCommand({ Name, WithDecryption: true });
    const { Parameter } = await ssm.send(command, { abortSignal }).catch((error) => {
      throw new Error(`${Name}: ${describe(error)}`);
    });
    return Parameter?.Value ?? "";
  };
  const values = await Promise.all(names.map(read));
  const { [SSM_VARIABLE]: further, ...variables } = parse(values.join(""));
  // Sequentially: SSM allows 40 calls a second per account.
  for (const [variable, arn] of Object.entries(parse(further ?? "{}")))
    variables[variable] = await read(arn);
  ssm.destroy();
  return variables;
}

/** Parses the JSON without ever putting its text, which holds secrets, into an error. */
function parse(text: string): Record<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("the joined values are not JSON");
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject || !Object.values(value as object).every((entry) => typeof entry === "string"))
    throw new Error("the joined values are not a JSON object of strings");
  return value as Record<string, string>;
}
