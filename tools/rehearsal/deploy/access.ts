import {
  CloudFormation,
  waitUntilStackCreateComplete,
  waitUntilStackUpdateComplete,
} from "@aws-sdk/client-cloudformation";
import { ACCESS_STACK } from "../../../infra/policies/bootstrap.ts";
import { accessTemplate } from "../../stage/policy/template.ts";
import { REGION } from "./sst.ts";

const StackName = ACCESS_STACK;
const Capabilities = ["CAPABILITY_NAMED_IAM" as const];

const connect = (endpoint: string, region: string) =>
  new CloudFormation({
    endpoint,
    region,
    credentials: { accessKeyId: "rehearsal", secretAccessKey: "rehearsal" },
  });

/**
 * Prepares a region as in `docs/deploy.md`, by the access stack: in the first one with policies, boundaries and roles.
 */
export async function setUpAccess(endpoint: string, region = REGION): Promise<void> {
  const client = connect(endpoint, region);
  const ParameterValue = region === REGION ? "first" : "further";
  await client.createStack({
    StackName,
    TemplateBody: JSON.stringify(accessTemplate()),
    Parameters: [{ ParameterKey: "Region", ParameterValue }],
    Capabilities,
  });
  await waitUntilStackCreateComplete({ client, maxWaitTime: 60 }, { StackName });
}

/** Makes the first region's access stack that of another version. */
export async function updateAccess(endpoint: string, TemplateBody: string): Promise<void> {
  const client = connect(endpoint, REGION);
  await client.updateStack({ StackName, TemplateBody, Capabilities });
  await waitUntilStackUpdateComplete({ client, maxWaitTime: 60 }, { StackName });
}
