/** What AWS needs to be there before: edges that no input makes, so nothing else would notice. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Stage, stages } from "../../infra/stages.ts";
import { runProgram } from "../../scripts/graph/program.ts";
import type { Recorded } from "../../scripts/graph/resource.ts";

const GATEWAY = "aws:ec2/internetGateway:InternetGateway";
const VERSIONING = "aws:s3/bucketVersioningV2:BucketVersioningV2";

const full: Partial<Stage> = {
  ...stages.prod,
  pipeline: { repository: "a/b", branch: "main", source: { credential: "account" } },
  quotes: true,
};
const shapes: Record<string, Partial<Stage>> = {
  plain: full,
  gateways: { ...full, nat: "managed" },
  instances: { ...full, nat: "ec2" },
};
const graphs: Record<string, Recorded[]> = {};

beforeAll(async () => {
  vi.stubEnv("SST_SECRET_CmcApiKey", "key");
  Object.assign(stages, shapes);
  for (const stage of Object.keys(shapes)) graphs[stage] = (await runProgram({ stage })).resources;
});
afterAll(() => {
  vi.unstubAllEnvs();
  for (const stage of Object.keys(shapes)) delete stages[stage];
});

/** Everything that a resource waits for, as type and name. */
function allBefore(
  graph: Recorded[],
  { dependsOn }: Recorded,
  seen = new Set<string>(),
): Set<string> {
  for (const each of dependsOn.filter((name) => !seen.has(name))) {
    seen.add(each);
    const found = graph.find(({ type, name }) => `${type} ${name}` === each);
    if (found) allBefore(graph, found, seen);
  }
  return seen;
}

/** Shape, type of what waits, and what it waits for; with the reason. */
const EDGES: [shape: string, type: string, waitsFor: string, because: string][] = [
  ["gateways", "aws:ec2/natGateway:NatGateway", GATEWAY, "AWS refuses it: Gateway.NotAttached"],
  ["gateways", "aws:ec2/eip:Eip", GATEWAY, "the gateway is not detached while it is there"],
  ["instances", "aws:ec2/eip:Eip", GATEWAY, "the gateway is not detached while it is there"],
  ["instances", "aws:ec2/eipAssociation:EipAssociation", GATEWAY, "Gateway.NotAttached"],
  ["instances", "aws:ec2/instance:Instance", GATEWAY, "a NAT instance without a way out"],
  ["plain", "aws:lb/loadBalancer:LoadBalancer", GATEWAY, "the VPC has no internet gateway"],
  ["plain", "aws:autoscaling/group:Group", GATEWAY, "instances could fetch nothing"],
  ["plain", "aws:codepipeline/pipeline:Pipeline", VERSIONING, "an S3 source needs versions"],
  ["plain", "aws:s3/bucketObjectv2:BucketObjectv2", VERSIONING, "what is removed is kept a month"],
  ["plain", "aws:ec2/flowLog:FlowLog", "aws:iam/rolePolicy:RolePolicy", "it cannot write else"],
  ["plain", "aws:rds/instance:Instance", "aws:cloudwatch/logGroup:LogGroup", "RDS makes it else"],
  ["plain", "pulumi-nodejs:dynamic:Resource", "aws:s3/bucketObjectv2:BucketObjectv2", "a boot"],
];

describe("waits:", () => {
  test.each(EDGES)("in %s, %s for %s (%s)", (shape, type, waitsFor) => {
    const graph = graphs[shape] ?? [];
    const waiting = graph.filter(
      (each) => each.type === type && !(type.includes("dynamic") && !/Rollout$/.test(each.name)),
    );
    expect(waiting).not.toEqual([]);
    const hasty = waiting.filter(
      (each) => ![...allBefore(graph, each)].some((name) => name.startsWith(`${waitsFor} `)),
    );
    expect(hasty.map(({ name }) => name)).toEqual([]);
  });

  test("rules of a bucket's lifecycle that speak of versions for the versioning", () => {
    const graph = graphs.plain ?? [];
    const ruled = graph.filter(({ inputs }) =>
      inputs.rules?.some(
        (rule: { noncurrentVersionExpiration?: object }) => rule.noncurrentVersionExpiration,
      ),
    );
    expect(ruled).toHaveLength(2);
    for (const each of ruled)
      expect([...allBefore(graph, each)].filter((name) => name.startsWith(VERSIONING))).not.toEqual(
        [],
      );
  });
});

describe("an archive", () => {
  test("has its content's hash in its key and in its name, so that none ever takes another's place", () => {
    const objects = (graphs.plain ?? []).filter(({ type }) => /BucketObjectv2$/.test(type));
    expect(objects).toHaveLength(3);
    for (const { name, inputs, retainOnDelete } of objects) {
      const [hash] = /[01]{16}/.exec(inputs.key) ?? [""];
      expect(hash).toHaveLength(16);
      expect(name).toContain(hash);
      // The engine removes it when no deploy names it any more, or the bucket would grow for ever.
      expect(retainOnDelete).toBe(false);
    }
  });
});
