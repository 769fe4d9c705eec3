import { CloudFormation, waitUntilStackCreateComplete } from "@aws-sdk/client-cloudformation";
import { ACCESS_STACK } from "../../../infra/policies/bootstrap.ts";
import { accessTemplate } from "../../stage/policy/template.ts";
import { REGION } from "./sst.ts";

/**
 * Prepares a region as in `docs/deploy.md`, by the access stack: in the first one with policies, boundaries and roles.
 */
export async function setUpAccess(endpoint: string, region = REGION): Promise<void> {
  const credentials = { accessKeyId: "rehearsal", secretAccessKey: "rehearsal" };
  const client = new CloudFormation({ endpoint, region, credentials });
  const StackName = ACCESS_STACK;
  const ParameterValue = region === REGION ? "first" : "further";
  await client.createStack({
    StackName,
    TemplateBody: JSON.stringify(accessTemplate()),
    Parameters: [{ ParameterKey: "Region", ParameterValue }],
    Capabilities: ["CAPABILITY_NAMED_IAM"],
  });
  await waitUntilStackCreateComplete({ client, maxWaitTime: 60 }, { StackName });
}
