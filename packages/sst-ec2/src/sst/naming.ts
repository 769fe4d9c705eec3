import { createHash } from "node:crypto";
import { ArgumentError } from "./argument-error.ts";

/**
 * Most characters of a name, by type of resource, where a stage's name could make it too long. The
 * provider's limit counts where it is the lower one.
 */
export const NAME_LIMITS = {
  "aws:autoscaling/group:Group": 255,
  "aws:budgets/budget:Budget": 100,
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": 255,
  "aws:cloudwatch/dashboard:Dashboard": 255,
  "aws:cloudwatch/eventRule:EventRule": 64,
  "aws:cloudwatch/metricAlarm:MetricAlarm": 255,
  "aws:codebuild/project:Project": 150,
  "aws:codeconnections/connection:Connection": 32,
  "aws:codepipeline/pipeline:Pipeline": 100,
  // EC2 takes 128, the provider leaves room for a suffix of its own.
  "aws:ec2/launchTemplate:LaunchTemplate": 125,
  "aws:ec2/securityGroup:SecurityGroup": 255,
  "aws:iam/instanceProfile:InstanceProfile": 128,
  "aws:iam/role:Role": 64,
  "aws:lb/loadBalancer:LoadBalancer": 32,
  "aws:lb/targetGroup:TargetGroup": 32,
  "aws:rds/instance:Instance": 63,
  "aws:rds/parameterGroup:ParameterGroup": 255,
  "aws:rds/subnetGroup:SubnetGroup": 255,
  "aws:sns/topic:Topic": 256,
  "aws:ssm/association:Association": 128,
} as const;

/** A type of resource that is named here. */
export type NamedType = keyof typeof NAME_LIMITS;

/**
 * Characters that Pulumi appends to a name that it makes unique: "-" and seven hexadecimal digits.
 */
export const UNIQUE_SUFFIX = 8;

/** Digits of the hash that replaces what was cut. */
const HASH_DIGITS = 6;

/**
 * Logical name of a resource whose physical name should contain app and stage.
 *
 * Pulumi derives a unique physical name from the logical one, also for a replacement that exists
 * next to the original. The result leaves room for that suffix. The name itself is kept whole, so
 * that two resources of a stage never collide; a long app and stage is cut instead.
 *
 * @param name What the resource is, unique in the app: `ApiTargets`.
 * @param type Pulumi's type, which determines the length limit.
 * @throws When the name alone does not fit.
 *
 * @example
 * ```ts
 * new aws.lb.TargetGroup(uniqueName("ApiTargets", "aws:lb/targetGroup:TargetGroup"), args); // steadfast-pro-ApiTargets-1a2b3c4
 * ```
 */
export function uniqueName(name: string, type: NamedType): string {
  const max = NAME_LIMITS[type] - UNIQUE_SUFFIX;
  return join(prefix().slice(0, roomBefore(name, max)), name);
}

/**
 * Physical name of a resource that others must know before it exists, or that must never be
 * replaced. For a long app and stage a hash replaces what is cut, so that two stages with the same
 * beginning have different names.
 *
 * @param name What the resource is, unique in the app.
 * @param type Pulumi's type.
 * @param reserved Characters that are appended later.
 * @throws When the name alone does not fit.
 */
export function fixedName(name: string, type: NamedType, reserved = 0): string {
  const room = roomBefore(name, NAME_LIMITS[type] - reserved);
  const whole = prefix();
  if (whole.length <= room) return join(whole, name);
  const hash = createHash("sha256").update(whole).digest("hex").slice(0, HASH_DIGITS);
  return join(join(whole.slice(0, Math.max(room - HASH_DIGITS - 1, 0)), hash), name);
}

/** App and stage; some services refuse repeated hyphens. */
const prefix = () => `${$app.name}-${$app.stage}`.replaceAll(/-+/g, "-");

function join(before: string, after: string): string {
  const start = before.replace(/-+$/, "");
  return start ? `${start}-${after}` : after;
}

/** Characters left for app and stage. */
function roomBefore(name: string, max: number): number {
  if (name.length <= max) return Math.max(max - name.length - 1, 0);
  throw new ArgumentError(`"${name}" is too long: AWS leaves ${max} characters for this name.`);
}
