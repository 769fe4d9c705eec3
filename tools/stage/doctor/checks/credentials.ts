import { STS } from "@aws-sdk/client-sts";
import { type Finding, fault, inOneLine, note, ok, type Patient } from "../check.ts";
import { options } from "../clients.ts";

/** The identity of the credentials; without it nothing else can be checked. */
export async function identify(
  region: string,
): Promise<{ finding: Finding; who?: Pick<Patient, "account" | "principal"> }> {
  try {
    const { Account: account = "", Arn = "" } = await new STS(options(region)).getCallerIdentity();
    return { finding: described(Arn, account), who: { account, principal: Arn } };
  } catch (error) {
    const todo = "log in as for the AWS CLI: aws configure sso, or AWS_PROFILE";
    return { finding: fault(inOneLine(error), todo) };
  }
}

function described(arn: string, account: string): Finding {
  const who = arn.split(":").at(-1);
  if (who === "root")
    return note(
      `the root user of account ${account}`,
      "deploy as a role with the policies of docs/deploy.md; AWS advises against using the root user",
    );
  return ok(`${who} of account ${account}`);
}
