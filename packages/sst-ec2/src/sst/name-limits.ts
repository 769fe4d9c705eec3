/** How long names may be, and what policies know them by. */

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
} as const;

/** A type of resource that is named here. */
export type NamedType = keyof typeof NAME_LIMITS;

/**
 * Characters of the app's name that stay where a limit is low, because deployers' policies know the
 * app's resources by them; see {@link namesOf}.
 */
export const APP_ROOM: Partial<Record<NamedType, number>> = {
  "aws:iam/role:Role": 24,
  "aws:lb/loadBalancer:LoadBalancer": 12,
  "aws:lb/targetGroup:TargetGroup": 12,
};

/** Pattern of the names of an app's resources, for policies. */
export function namesOf(app: string, type: NamedType): string {
  const room = APP_ROOM[type] ?? app.length;
  return app.length <= room ? `${app}-*` : `${join(app.slice(0, room), "")}*`;
}

/** Two parts of a name with one hyphen between them. */
export function join(before: string, after: string): string {
  return [before.replace(/-+$/, ""), after].filter(Boolean).join("-");
}
