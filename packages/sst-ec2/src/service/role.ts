/** The role of a group's instances, and what of it is needed in `sst dev`. */

import type { Linkable } from "../sst/link.ts";
import { linkPermissions, type Permission } from "../sst/link.ts";
import { uniqueName } from "../sst/naming.ts";
import { regionName } from "../sst/region.ts";
import { transform } from "../sst/transform.ts";
import type { Artifact, ServiceArgs } from "./args.ts";

interface RoleContext {
  name: string;
  args: ServiceArgs;
  links: readonly Linkable[];
  parent: $util.Resource;
}

/** IAM statements that a service's own code needs: those of its links and `permissions`. */
function servicePermissions({ args, links }: RoleContext): Permission[] {
  return [...linkPermissions(links), ...(args.permissions ?? [])];
}

function createPolicy(context: RoleContext, role: aws.iam.Role, permissions: Permission[]) {
  const { name, args, parent } = context;
  if (permissions.length === 0) return undefined;
  return new aws.iam.RolePolicy(
    ...transform(
      args.transform?.policy,
      `${name}Policy`,
      {
        role: role.id,
        policy: aws.iam.getPolicyDocumentOutput({
          statements: permissions.map((each) => ({
            effect: $util
              .output(each.effect)
              .apply((effect) => (effect === "deny" ? "Deny" : "Allow")),
            actions: each.actions,
            resources: each.resources,
            ...(each.conditions && { conditions: each.conditions }),
          })),
        }).json,
      },
      { parent },
    ),
  );
}

/** The role that the developer's command assumes in `sst dev`: the service's rights only. */
export function createDevRole(context: RoleContext): aws.iam.Role {
  const { name, args, parent } = context;
  const account = aws.getCallerIdentityOutput({}, { parent }).accountId;
  const partition = aws.getPartitionOutput({}, { parent }).partition;
  const role = new aws.iam.Role(
    ...transform(
      args.transform?.role,
      uniqueName(`${name}DevRole`, "aws:iam/role:Role"),
      {
        description: `What ${name} may do in sst dev`,
        assumeRolePolicy: aws.iam.getPolicyDocumentOutput({
          statements: [
            {
              actions: ["sts:AssumeRole"],
              principals: [
                { type: "AWS", identifiers: [$interpolate`arn:${partition}:iam::${account}:root`] },
              ],
            },
          ],
        }).json,
      },
      { parent },
    ),
  );
  createPolicy(context, role, servicePermissions(context));
  return role;
}

/**
 * The instances' role and profile: Session Manager, the service's own rights, its archives and
 * parameter, and reporting completion or ill health. No managed policy is attached: AWS's for
 * Session Manager lets an instance read every parameter of the account.
 */
export function createInstanceRole(
  context: RoleContext,
  own: {
    artifact: Artifact;
    parameterArn: $util.Input<string>;
    group: string;
    /** What the instances call beside the service. */
    permissions: Permission[];
  },
): { role: aws.iam.Role; profile: aws.iam.InstanceProfile; granted: aws.iam.RolePolicy[] } {
  const { name, args, parent } = context;
  const partition = aws.getPartitionOutput({}, { parent }).partition;
  const role = new aws.iam.Role(
    ...transform(
      args.transform?.role,
      uniqueName(`${name}Role`, "aws:iam/role:Role"),
      {
        description: `Instances of ${name}`,
        assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "ec2.amazonaws.com" }),
      },
      { parent },
    ),
  );
  const policy = createPolicy(context, role, [
    ...servicePermissions(context),
    ...own.permissions,
    {
      actions: ["s3:GetObject"],
      resources: archives(own.artifact).map(
        (key) => $interpolate`arn:${partition}:s3:::${own.artifact.bucket}/${key}`,
      ),
    },
    // Decrypting needs no statement: AWS's own key for SSM works for whoever may read the parameter.
    {
      actions: ["ssm:GetParameter"],
      resources: [own.parameterArn, ...Object.values(args.ssm ?? {})],
    },
    {
      actions: ["autoscaling:CompleteLifecycleAction", "autoscaling:SetInstanceHealth"],
      resources: [groupArn(own.group, parent)],
    },
    ...sessionManager(parent),
  ]);
  const profile = new aws.iam.InstanceProfile(
    ...transform(
      args.transform?.instanceProfile,
      uniqueName(`${name}Profile`, "aws:iam/instanceProfile:InstanceProfile"),
      { role: role.name },
      { parent },
    ),
  );
  return { role, profile, granted: policy ? [policy] : [] };
}

/**
 * The folders of the service's archives and of the runtime, including earlier versions and another
 * architecture's runtime, to which a rollback may return.
 */
function archives({ app, runtime }: Artifact) {
  return [app, ...(runtime ? [runtime] : [])].map(({ key }) =>
    $util.output(key).apply((text) => text.replace(/[^/]+$/, "*")),
  );
}

/** Calls of the SSM agent for shells, which IAM grants to people and which need no open port. */
function sessionManager(parent: $util.Resource): Permission[] {
  const account = aws.getCallerIdentityOutput({}, { parent }).accountId;
  const partition = aws.getPartitionOutput({}, { parent }).partition;
  const region = regionName(parent);
  return [
    {
      actions: ["ssm:UpdateInstanceInformation"],
      resources: [$interpolate`arn:${partition}:ec2:${region}:${account}:instance/*`],
    },
    {
      // These calls have no resource; AWS ties them to the instance that signs them.
      actions: ["Create", "Open"].flatMap((verb) =>
        ["Control", "Data"].map((kind) => `ssmmessages:${verb}${kind}Channel`),
      ),
      resources: ["*"],
    },
  ];
}

/** The group's ARN before it exists. AWS puts an ID before the name, hence the "*". */
function groupArn(group: string, parent: $util.Resource) {
  const account = aws.getCallerIdentityOutput({}, { parent }).accountId;
  const partition = aws.getPartitionOutput({}, { parent }).partition;
  const region = regionName(parent);
  return $interpolate`arn:${partition}:autoscaling:${region}:${account}:autoScalingGroup:*:autoScalingGroupName/${group}`;
}
