/** The links of an instance, read from SSM. A module of its own, as only who has some loads its client. */
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { SSM_VARIABLE } from "../boot/validate.ts";
import { describe } from "./describe.ts";

/** A boot must not hang on a call that never comes back. */
const TIMEOUT_MS = 10_000;

/**
 * Reads parameters and joins their decrypted values, in the order given.
 *
 * @throws with one line that names the parameter, or says what is wrong with the values but not what
 * they are
 */
export async function readLinks(names: string[]): Promise<Record<string, string>> {
  const ssm = new SSMClient({ maxAttempts: 3 });
  const abortSignal = AbortSignal.timeout(TIMEOUT_MS);
  // One call each: a call for several answers in any order and leaves out the version that a name
  // may carry.
  const read = async (Name: string) => {
    const command = new GetParameterCommand({ Name, WithDecryption: true });
    const { Parameter } = await ssm.send(command, { abortSignal }).catch((error) => {
      throw new Error(`${Name}: ${describe(error)}`);
    });
    return Parameter?.Value ?? "";
  };
  const values = await Promise.all(names.map(read));
  const { [SSM_VARIABLE]: further, ...variables } = parse(values.join(""));
  // One after the other: SSM answers 40 calls a second for a whole account.
  for (const [variable, arn] of Object.entries(parse(further ?? "{}")))
    variables[variable] = await read(arn);
  ssm.destroy();
  return variables;
}

/** Checks the JSON without ever putting its text, which holds secrets, into an error. */
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
