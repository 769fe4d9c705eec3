/**
 * Converts the resource graph's ARNs to AWS's. The mocks use one format for all:
 * `arn:aws:mock:<region>:<account>:<type>/<name>`.
 */

/** By Pulumi's type: the part after the partition, from a place (`region:account`) and a name. */
const FORMATS: Record<string, (place: string, name: string) => string> = {
  BucketV2: (_place, name) => `s3:::${name}`,
  LogGroup: (place, name) => `logs:${place}:log-group:${name}`,
  Parameter: (place, name) => `ssm:${place}:parameter${name}`,
  Project: (place, name) => `codebuild:${place}:project/${name}`,
  Secret: (place, name) => `secretsmanager:${place}:secret:${name}`,
  Table: (place, name) => `dynamodb:${place}:table/${name}`,
  Topic: (place, name) => `sns:${place}:${name}`,
};

/**
 * Random parts of names: Pulumi's suffixes and AWS's IDs as the mocks write them, and the eight
 * letters of SST's components.
 */
const MADE_UP = /(?<=[-/])1a2b3c4(?=$|\/)|(?<=-)[a-z]{8}(?=$|\/)/;

/**
 * Converts an ARN to AWS's format, with `*` for the random end of a name.
 *
 * @param arn From a policy in the resource graph.
 * @param nameOf Returns a resource's physical name, from its type and the name in the mocks' ARN.
 * @throws When the type's ARN format is not listed here.
 *
 * @example
 * ```ts
 * realArn("arn:aws:mock:us-east-1:123456789012:Table/Users-1a2b3c4", (_type, name) => name);
 * // arn:aws:dynamodb:us-east-1:123456789012:table/Users-*
 * ```
 */
export function realArn(arn: string, nameOf: (type: string, name: string) => string): string {
  const [, place = "", type = "", rest = ""] =
    arn.match(/^arn:aws:mock:([\w-]+:\d+):(\w+)\/(.*)$/s) ?? [];
  if (!type) return arn.replace(MADE_UP, "*");
  const format = FORMATS[type];
  if (!format)
    throw new Error(`A policy names a ${type}; its ARN is missing in tools/stage/policy/arns.ts.`);
  return `arn:aws:${format(place, nameOf(type, rest))}`.replace(MADE_UP, "*");
}
