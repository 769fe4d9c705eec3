/** Stories of rollouts of version 7 into a group of version 6: what AWS tells, and how they end. */
import { type Frame, failsToLaunch, instance, SICK, type Story, takesOut } from "./scripted-aws.ts";

export const OLD = [instance("i-01", "6"), instance("i-02", "6")];
export const NEW = [instance("i-0a"), instance("i-0b")];
/** Two old instances serve; at the end the new ones do. */
export const GOOD: Frame[] = [
  { instances: OLD },
  { instances: [...OLD, ...NEW], targets: { "i-0a": "initial", "i-0b": "initial" } },
  { instances: NEW, refresh: { Status: "Successful" } },
];

export const SICK_OLD = OLD.map((each) => ({ ...each, ...SICK }));
const sickNew = (...ids: string[]) => ids.map((id) => instance(id, "7", SICK));
const PROFILE =
  "Value (app-prod-ApiProfile) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name. Launching EC2 instance failed.";
const SERVICE_ROLE =
  "Access denied when attempting to assume role arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling. Validating the service-linked role failed. Launching EC2 instance failed.";
const VERIFIED =
  "Your request for accessing resources in this region is being validated, and you will not be able to launch additional resources in this region until the validation is complete. Launching EC2 instance failed.";
const THROTTLED = "Request limit exceeded. Launching EC2 instance failed.";
const CAPACITY =
  "We currently do not have sufficient t4g.micro capacity. Launching EC2 instance failed.";
export const VCPUS =
  "You have requested more vCPU capacity than your current vCPU limit of 5 allows for the instance bucket that the specified instance type belongs to. Launching EC2 instance failed.";

/** A story and its outcome: the error, or undefined if the version comes to serve. */
export const stories: [string, Story, RegExp | undefined][] = [
  [
    "three sick instances of the version before leave, and the good one comes",
    {
      frames: [
        { instances: SICK_OLD },
        { instances: [...SICK_OLD, ...NEW], activities: ["i-01", "i-02", "i-03"].map(takesOut) },
        { instances: NEW, refresh: { Status: "Successful" } },
      ],
    },
    undefined,
  ],
  [
    "sick instances of both versions: those of the wanted one count alone",
    {
      frames: [
        { instances: SICK_OLD },
        {
          instances: [...SICK_OLD, ...NEW],
          activities: ["i-01", "i-02", "i-0a"].map(takesOut),
        },
        {
          instances: [instance("i-0b"), instance("i-0c")],
          refresh: { Status: "Successful" },
        },
      ],
    },
    undefined,
  ],
  [
    "three instances of the version are taken out",
    {
      frames: [
        { instances: OLD },
        { instances: [...OLD, ...NEW, instance("i-0c")] },
        { instances: OLD, activities: ["i-0a", "i-0b", "i-0c"].map(takesOut) },
      ],
    },
    /3 instances failed, the last: i-0c was taken out: .* ELB system health check failure; it is being rolled back\.\n.*--instance-id i-0c\n/,
  ],
  [
    "three instances of the version are unhealthy, and AWS takes none of them out",
    { frames: [{ instances: [...OLD, ...sickNew("i-0a", "i-0b", "i-0c")] }] },
    /3 instances failed, the last: i-0a is unhealthy; it is being rolled back/,
  ],
  [
    "an unhealthy instance that is then taken out is one, not two",
    {
      frames: [
        { instances: [...OLD, ...sickNew("i-0a", "i-0b")] },
        { instances: [...OLD, ...NEW], activities: [takesOut("i-0a"), takesOut("i-0b")] },
        { instances: [instance("i-0c"), instance("i-0d")], refresh: { Status: "Successful" } },
      ],
    },
    undefined,
  ],
  [
    "the only new instance never gets ready, and AWS has no room for another",
    {
      desired: 1,
      frames: [
        {
          instances: [...OLD, ...sickNew("i-0a")],
          targets: { "i-0a": "unhealthy" },
        },
      ],
    },
    /no instance of it has been healthy for 1[89]\d s: i-0a is unhealthy: Health checks failed with these codes: \[503\]; it is being rolled back/,
  ],
  [
    "an instance that does not answer is named when the time is over",
    { frames: [{ instances: [...OLD, instance("i-0a")], targets: { "i-0a": "unhealthy" } }] },
    /not done within 1200 s: .*i-0a does not answer as it should: Health checks failed with these codes: \[503\]/,
  ],
  [
    "launches fail as long as a new instance profile is not known everywhere",
    {
      frames: [
        { activities: Array.from({ length: 4 }, () => failsToLaunch(PROFILE)) },
        { after: 60, activities: [failsToLaunch(PROFILE)] },
        { instances: NEW, refresh: { Status: "Successful" } },
      ],
    },
    undefined,
  ],
  [
    "launches fail as long as AWS makes the account's service-linked role",
    {
      launches: "7",
      frames: [
        { activities: Array.from({ length: 4 }, () => failsToLaunch(SERVICE_ROLE)) },
        { instances: NEW },
      ],
    },
    undefined,
  ],
  [
    "launches fail as long as AWS looks at a new account",
    {
      launches: "7",
      frames: [
        { activities: Array.from({ length: 4 }, () => failsToLaunch(VERIFIED)) },
        { instances: NEW },
      ],
    },
    undefined,
  ],
  [
    "an instance profile that is not known after minutes is wrong",
    {
      launches: "7",
      frames: [
        { activities: [failsToLaunch(PROFILE)] },
        { after: 400, activities: Array.from({ length: 3 }, () => failsToLaunch(PROFILE)) },
      ],
    },
    /3 instances failed, the last: .*Invalid IAM Instance Profile name/,
  ],
  [
    "throttling is AWS's own concern",
    {
      launches: "7",
      frames: [
        { after: 400, activities: Array.from({ length: 4 }, () => failsToLaunch(THROTTLED)) },
        { instances: NEW },
      ],
    },
    undefined,
  ],
  [
    "AWS has no such instances",
    {
      launches: "7",
      frames: [{ activities: Array.from({ length: 3 }, () => failsToLaunch(CAPACITY)) }],
    },
    /3 instances failed, the last: Launching a new EC2 instance: We currently do not have sufficient/,
  ],
  [
    "a neighbour's rollout gives its vCPUs back",
    {
      launches: "7",
      frames: [
        { activities: Array.from({ length: 4 }, () => failsToLaunch(VCPUS)) },
        { after: 120, instances: NEW },
      ],
    },
    undefined,
  ],
  [
    "the quota is too small for a first deployment",
    {
      launches: "7",
      quota: 5,
      used: 4,
      frames: [{ activities: [failsToLaunch(VCPUS)], instances: [instance("i-0a")] }],
    },
    /vCPU limit of 5 allows.*\n.*\nHow to ask AWS for more: aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-1216C47A --desired-value 6 --region us-east-1$/,
  ],
  [
    "instances on standby are left alone",
    {
      frames: [
        { instances: OLD },
        {
          instances: [...NEW, instance("i-03", "6", { LifecycleState: "Standby" })],
          refresh: { Status: "Successful" },
        },
      ],
    },
    undefined,
  ],
  [
    "an instance that is protected from scale-in keeps its version",
    {
      frames: [
        { instances: OLD },
        {
          instances: [instance("i-01", "6", { ProtectedFromScaleIn: true }), instance("i-0a")],
          refresh: { Status: "Successful" },
        },
      ],
    },
    undefined,
  ],
  [
    "AWS turns back by itself: its own end and reason are waited for",
    {
      frames: [
        { instances: OLD },
        {
          instances: [...OLD, ...sickNew("i-0a", "i-0b", "i-0c")],
          refresh: { Status: "RollbackInProgress" },
        },
        {
          instances: OLD,
          refresh: { Status: "RollbackSuccessful", StatusReason: "Alarm errors fired." },
        },
      ],
    },
    /RollbackSuccessful: Alarm errors fired; i-0a is unhealthy\.\n/,
  ],
];
