import {
  CloudFormationClient,
  CreateStackCommand,
  waitUntilStackCreateComplete,
} from "@aws-sdk/client-cloudformation";
import { ACCESS_STACK } from "../../infra/policies/bootstrap.ts";
import { accessTemplate } from "../policy/template.ts";
import { REGION } from "./sst.ts";

/**
 * Prepares the account as in `docs/deploy.md`: policies, boundaries and roles from the access stack.
 */
export async function setUpAccess(endpoint: string): Promise<void> {
  const credentials = { accessKeyId: "rehearsal", secretAccessKey: "rehearsal" };
  const client = new CloudFormationClient({ endpoint, region: REGION, credentials });
  const StackName = ACCESS_STACK;
  await client.send(
    new CreateStackCommand({
      StackName,
      TemplateBody: JSON.stringify(accessTemplate()),
      Capabilities: ["CAPABILITY_NAMED_IAM"],
    }),
  );
  await waitUntilStackCreateComplete({ client, maxWaitTime: 60 }, { StackName });
}
