/** Derives a recorded call's resources from the names in it. */

const ACCOUNT = "123456789012";

/** EC2's types by the prefix of their IDs. */
const EC2_TYPES: Record<string, string> = {
  acl: "network-acl",
  eipalloc: "elastic-ip",
  eni: "network-interface",
  fl: "vpc-flow-log",
  i: "instance",
  igw: "internet-gateway",
  lt: "launch-template",
  nat: "natgateway",
  rtb: "route-table",
  sg: "security-group",
  sgr: "security-group-rule",
  subnet: "subnet",
  vol: "volume",
  vpc: "vpc",
  vpce: "vpc-endpoint",
};

/** By service and IAM resource type: the request members that name one, and the end of its ARN. */
const NAMED: Record<string, [members: RegExp, rest: (name: string) => string]> = {
  "autoscaling:autoScalingGroup": [
    /^AutoScalingGroupNames?|^Tags\.member\.1\.ResourceId$/,
    (name) => `autoScalingGroup:1:autoScalingGroupName/${name}`,
  ],
  "budgets:budget": [/BudgetName$/, (name) => `budget/${name}`],
  "cloudwatch:alarm": [/^AlarmNames?/, (name) => `alarm:${name}`],
  "cloudwatch:dashboard": [/^DashboardNames?/, (name) => `dashboard/${name}`],
  "codebuild:project": [/^names?(\.1)?$/, (name) => `project/${name.split("/").at(-1)}`],
  "codepipeline:pipeline": [/^(pipeline\.)?name$/, (name) => name],
  "dynamodb:table": [/(^|\.)TableName$/, (name) => `table/${name}`],
  "elasticloadbalancing:loadbalancer/app/": [/^Name$/, (name) => `loadbalancer/app/${name}/1`],
  "elasticloadbalancing:targetgroup": [/^Name$/, (name) => `targetgroup/${name}/1`],
  "events:rule-on-default-event-bus": [/^(Name|Rule)$/, (name) => `rule/${name}`],
  "iam:instance-profile": [/^InstanceProfileName$/, (name) => `instance-profile/${name}`],
  "iam:role": [/^RoleName$/, (name) => `role/${name}`],
  "logs:log-group": [/^logGroupName$/, (name) => `log-group:${name}`],
  "rds:db": [/^DBInstanceIdentifier$/, (name) => `db:${name}`],
  "rds:pg": [/^DBParameterGroupName$/, (name) => `pg:${name}`],
  "rds:subgrp": [/^DBSubnetGroupName$/, (name) => `subgrp:${name}`],
  "s3:bucket": [/^Bucket$/, (name) => name],
  "servicediscovery:namespace": [/^Id$/, (name) => `namespace/${name}`],
  "sns:topic": [/^Name$/, (name) => name],
  "ssm:association": [/^Association(Id|Name)$|^ResourceId$/, (name) => `association/${name}`],
  "ssm:document": [/^Name$/, (name) => `document/${name}`],
  // A version of a parameter is asked for by its number behind the name.
  "ssm:parameter": [/^(Name|ResourceId)$/, (name) => `parameter${name.replace(/:\d+$/, "")}`],
};

/** The part of an ARN after the account, where it is not the type's name. */
const BEGINNINGS: Record<string, string> = {
  Connection: "connection/",
  Secret: "secret:",
  pipeline: "",
  "rule-on-default-event-bus": "rule/",
  topic: "",
};

/** A resource of a call: its ARN, and the ID under which its tags are recorded. */
export interface Named {
  arn: string;
  id?: string;
}

/** The resources of a type that a call names. */
export function namedIn(type: string, region: string, hints: Record<string, string>): Named[] {
  const [service = "", kind = ""] = type.split(":");
  const values = Object.values(hints);
  if (service === "ec2")
    return [...new Set(values)]
      .filter((each) => EC2_TYPES[each.match(/^([a-z]+)-[0-9a-f]{8,}$/)?.[1] ?? ""] === kind)
      .map((id) => ({ id, arn: `arn:aws:ec2:${region}:${ACCOUNT}:${kind}/${id}` }));
  if (type === "s3:object")
    return hints.Key ? [{ arn: `arn:aws:s3:::${hints.Bucket}/${hints.Key}` }] : [];
  if (type === "dynamodb:index")
    return hints.IndexName
      ? namedIn("dynamodb:table", region, { ...hints, IndexName: "" }).map(({ arn }) => ({
          arn: `${arn}/index/${hints.IndexName}`,
        }))
      : [];
  if (type === "dynamodb:table" && hints.IndexName) return [];
  const [members, rest] = NAMED[type] ?? [];
  if (service === "route53") {
    const id = hints.HostedZoneId ?? hints.ResourceId ?? hints.Id;
    return id ? [{ arn: `arn:aws:route53:::${kind}/${id.split("/").at(-1)}` }] : [];
  }
  const place = ["iam", "budgets"].includes(service) || kind === "dashboard" ? "" : region;
  const prefix = service === "s3" ? "arn:aws:s3:::" : `arn:aws:${service}:${place}:${ACCOUNT}:`;
  const names = Object.entries(hints)
    .filter(([name]) => members?.test(name))
    // Tags are set on associations, by their IDs, and on parameters, by their paths.
    .filter(
      ([name, value]) => name !== "ResourceId" || (kind === "parameter") === /^\//.test(value),
    );
  const made = rest ? names.map(([, value]) => ({ arn: prefix + rest(value) })) : [];
  const arns = made.filter(({ arn }) => !arn.slice(prefix.length).includes("arn:"));
  // A subscription's ARN begins with its topic's, which is what counts.
  const begins = BEGINNINGS[kind] ?? kind;
  const given = values
    .filter((each) => each.startsWith(`arn:aws:${service}:`))
    .filter((each) => each.split(":").slice(5).join(":").startsWith(begins))
    .map((arn) => ({
      arn: service === "sns" ? arn.split(":").slice(0, 6).join(":") : arn,
      ...(kind === "Secret" && { id: arn }),
    }));
  return arns.length > 0 ? arns : given;
}

/** Record names of a change to a hosted zone, as Route 53 compares them. */
export function recordsIn(hints: Record<string, string>): string[] {
  return Object.entries(hints)
    .filter(([name]) => /^ChangeBatch\..*\.Name$/.test(name))
    .map(([, record]) => record.toLowerCase().replace(/\.$/, ""));
}

/** The tags in a request. */
export function tagsIn(hints: Record<string, string>): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const [name, value] of Object.entries(hints))
    if (name.endsWith(".Value")) {
      const key = hints[name.replace(/Value$/, "Key")];
      if (key) tags[key] = value;
    }
  return tags;
}
