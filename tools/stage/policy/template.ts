/** The access stack, a CloudFormation template: what an account needs before the first deploy. */
import {
  GITHUB_ROLE,
  PATH,
  PIPELINE_ROLE,
  SHELL_DOCUMENT,
  SHELL_LOG,
} from "../../../infra/policies/access.ts";
import {
  boundaryGrants,
  deployerGrants,
  type PolicyGrants,
  shellGrants,
} from "../../../infra/policies/deployer.ts";
import { APP, policyOf } from "../../../infra/policies/grant.ts";
import { pipelineBuilds, pipelineTrust } from "../../../infra/policies/pipeline-role.ts";
import { SHELL_LOG_DAYS, shellDocument } from "../../../infra/policies/shell.ts";
import { type GitHubJobs, githubTrust } from "./github.ts";

/** The account, as a CloudFormation variable. */
const ACCOUNT = "$" + "{AWS::AccountId}";

/** As long as a deploy may take, including its rollout. */
const SESSION_SECONDS = 5400;

interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  Condition?: string;
}

/**
 * The stack's template. It creates what IAM has once for all regions: the policies of deployers and
 * of shells, the boundaries, and the roles of the pipeline and of GitHub Actions. It also creates
 * what each region has: the shells' document and their log group. In a further
 * region, set the parameter `Region` to `further`.
 *
 * @param github Jobs that may deploy; without it there is no role for them.
 */
export function accessTemplate(github?: GitHubJobs) {
  const once: Record<string, Resource> = {
    PipelineRole: role(PIPELINE_ROLE, pipelineTrust(ACCOUNT), {
      Policies: [{ PolicyName: "Builds", PolicyDocument: policyOf(pipelineBuilds) }],
    }),
    ...(github && {
      GitHubRole: role(GITHUB_ROLE, githubTrust(ACCOUNT, github), {
        MaxSessionDuration: SESSION_SECONDS,
      }),
    }),
    ...managedPolicies(deployerGrants("production"), [
      "PipelineRole",
      ...(github ? ["GitHubRole"] : []),
    ]),
    ...managedPolicies({ ...personalAlone(), ...shellGrants(), ...boundaryGrants() }),
  };
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `Who may deploy ${APP}, and what may be deployed`,
    Parameters: {
      Region: { Type: "String", AllowedValues: ["first", "further"], Default: "first" },
    },
    Conditions: { First: { "Fn::Equals": [{ Ref: "Region" }, "first"] } },
    Resources: {
      ...Object.fromEntries(
        Object.entries(once).map(([name, each]) => [name, { Condition: "First", ...each }]),
      ),
      ShellDocument: document(SHELL_DOCUMENT, {
        DocumentType: "Session",
        Content: shellDocument(),
      }),
      ShellLog: {
        Type: "AWS::Logs::LogGroup",
        Properties: { LogGroupName: SHELL_LOG, RetentionInDays: SHELL_LOG_DAYS },
      },
    },
  };
}

/** Policies that only personal deployers have. */
function personalAlone(): PolicyGrants {
  const production = deployerGrants("production");
  const personal = Object.entries(deployerGrants("personal"));
  return Object.fromEntries(personal.filter(([name]) => !(name in production)));
}

/** A policy's name in the template. */
const logicalName = (policy: string) =>
  policy.replaceAll(/(?:^|-)(\w)/g, (_, c) => c.toUpperCase());

function managedPolicies(policies: PolicyGrants, roles: string[] = []): Record<string, Resource> {
  return Object.fromEntries(
    Object.entries(policies).map(([name, grants]) => [
      logicalName(name),
      {
        Type: "AWS::IAM::ManagedPolicy",
        Properties: {
          ManagedPolicyName: name,
          Path: PATH,
          PolicyDocument: policyOf(grants),
          ...(roles.length > 0 && { Roles: roles.map((Ref) => ({ Ref })) }),
        },
      },
    ]),
  );
}

function role(name: string, trust: object, more: Record<string, unknown>): Resource {
  const AssumeRolePolicyDocument = substituted(trust);
  return {
    Type: "AWS::IAM::Role",
    Properties: { RoleName: name, Path: PATH, AssumeRolePolicyDocument, ...more },
  };
}

/** A Systems Manager document, whose newest version is the default. */
function document(Name: string, properties: Record<string, unknown>): Resource {
  return {
    Type: "AWS::SSM::Document",
    Properties: { Name, DocumentFormat: "JSON", UpdateMethod: "NewVersion", ...properties },
  };
}

/** Lets CloudFormation insert the account. */
function substituted(value: unknown): unknown {
  if (typeof value === "string") return value.includes(ACCOUNT) ? { "Fn::Sub": value } : value;
  if (Array.isArray(value)) return value.map(substituted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, substituted(each)]));
}
