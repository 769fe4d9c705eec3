/** Writes a stage's resources as Terraform configuration, which infrastructure auditors read. */
import type { Recorded } from "../../stage/graph/resource.ts";

/** Types that `@pulumi/aws` names differently. */
const EXCEPTIONS: Record<string, string> = {
  "aws:codepipeline/pipeline:Pipeline": "aws_codepipeline",
  "aws:ec2/vpcEndpoint:VpcEndpoint": "aws_vpc_endpoint",
  "aws:s3/bucketObjectv2:BucketObjectv2": "aws_s3_object",
};

/** Modules whose Terraform types start with another word than their name, or with none. */
const PREFIXES: Record<string, string> = {
  alb: "lb_",
  ec2: "",
  rds: "db_",
  servicediscovery: "service_discovery_",
};

/** Blocks whose Terraform name is plural, and two that merely end in s. */
const PLURAL = /^(blockDeviceMappings|networkInterfaces|tagSpecifications|ingress|egress)$/;

/** Terraform's JSON syntax: resources by type and name. */
export interface TerraformDocument {
  resource: Record<string, Record<string, Record<string, unknown>>>;
}

/**
 * The program's AWS resources. A value that is another resource's id, name or ARN becomes a
 * reference, so that an auditor finds, for example, a bucket's policy.
 */
export function toTerraform(graph: readonly Recorded[]): TerraformDocument {
  const ours = graph.filter(({ custom, type }) => custom && type.startsWith("aws:"));
  const references = new Map<string, string>();
  const resource: TerraformDocument["resource"] = {};
  for (const each of ours) {
    const address = `${terraformType(each.type)}.${each.name}`;
    references.set(each.id, `\${${address}.id}`);
    for (const name of [each.inputs.bucket, each.inputs.name]) {
      if (name && !references.has(name) && isNamed(each)) references.set(name, `\${${address}.id}`);
    }
  }
  for (const { type, name, inputs, id } of ours) {
    const terraform = terraformType(type);
    resource[terraform] ??= {};
    resource[terraform][name] = renamed(inputs, (text) =>
      text === id ? text : (references.get(text) ?? text),
    );
  }
  return { resource };
}

/** Whether its name identifies it, rather than refers to another resource. */
function isNamed({ type }: Recorded): boolean {
  return /^aws:(s3\/bucketV2|iam\/role|rds\/(parameter|subnet)Group):/.test(type);
}

/** `aws_lb_target_group` of `aws:lb/targetGroup:TargetGroup`. */
export function terraformType(token: string): string {
  const known = EXCEPTIONS[token];
  if (known) return known;
  const [, path = ""] = token.split(":");
  const [module = "", camel = ""] = path.split("/");
  const name = snake(camel.replace(/V2$/, ""));
  if (name === "load_balancer") return "aws_lb";
  return `aws_${PREFIXES[module] ?? `${module}_`}${name}`;
}

function snake(camel: string): string {
  return camel.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
}

/** Inputs by Terraform's names; lists of blocks are singular. */
function renamed(inputs: object, refer: (text: string) => string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => {
      const isList = Array.isArray(value) && value.some((each) => typeof each === "object");
      // The user's own keys.
      if (name === "tags" && !isList) return [name, value];
      return [snake(isList ? singular(name) : name), rewritten(value, refer)];
    }),
  );
}

function rewritten(value: unknown, refer: (text: string) => string): unknown {
  if (typeof value === "string") return refer(value);
  if (Array.isArray(value)) return value.map((each) => rewritten(each, refer));
  return value && typeof value === "object" ? renamed(value, refer) : value;
}

function singular(plural: string): string {
  if (PLURAL.test(plural)) return plural;
  return plural.replace(/(?:(x|ss)es|s)$/, "$1");
}
