/** A rollout of version 7 into a group of which two alarms are watched. */
export const DESIRED = { LaunchTemplate: { LaunchTemplateId: "lt-1", Version: "7" } };

export const PREFERENCES = {
  AutoRollback: true,
  MinHealthyPercentage: 100,
  MaxHealthyPercentage: 200,
  AlarmSpecification: { Alarms: ["errors", "sick"] },
};

export const INPUTS = {
  group: "app-prod-Api",
  region: "us-east-1",
  version: "7",
  desired: JSON.stringify(DESIRED),
  preferences: JSON.stringify(PREFERENCES),
  targetGroup: "arn:targets",
  instanceTypes: ["t4g.micro"],
  leastServing: 1,
  timeoutSeconds: 1200,
};
