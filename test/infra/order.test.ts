/** Dependencies that AWS requires and no input creates, so nothing else would notice. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Stage, stages } from "../../infra/stages.ts";
import { runProgram } from "../../tools/stage/graph/program.ts";
import type { Recorded } from "../../tools/stage/graph/resource.ts";

const BUCKET = "aws:s3/bucketV2:BucketV2";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const EIP_ASSOCIATION = "aws:ec2/eipAssociation:EipAssociation";
const GATEWAY = "aws:ec2/internetGateway:InternetGateway";
const GROUP = "aws:autoscaling/group:Group";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const LISTENER = "aws:lb/listener:Listener";
const LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const NAT = "aws:ec2/natGateway:NatGateway";
const OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup ";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const VERSIONING = "aws:s3/bucketVersioningV2:BucketVersioningV2";
const VPC_ORIGIN = "aws:cloudfront/vpcOrigin:VpcOrigin";

const full: Partial<Stage> = {
  ...stages.prod,
  pipeline: { repository: "a/b", branch: "main", source: { credential: "account" } },
  quotes: true, // drop: quotes
};
const shapes: Record<string, Partial<Stage>> = {
  personal: {},
  plain: full,
  domain: { ...full, domain: "api.example.com" },
  endpoints: {
    ...full,
    quotes: false, // drop: quotes
    nat: "endpoints",
  },
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

/** Which resources must wait for what, and what happens otherwise. */
interface Rule {
  types: string[];
  because: string;
  /** The resources that must exist before. */
  waitsFor(graph: Recorded[], waiting: Recorded): Recorded[];
}

/** All of some types. */
const all =
  (...types: string[]) =>
  (graph: Recorded[]) =>
    graph.filter(({ type }) => types.includes(type));

/**
 * All of some types that belong to what a resource uses: the versioning of an object's bucket, the
 * policies of a project's role. It uses what it waits for, transitively.
 */
const belonging =
  (owner: string, ...types: string[]) =>
  (graph: Recorded[], waiting: Recorded) => {
    const used = [...allBefore(graph, waiting)].filter((name) => name.startsWith(`${owner} `));
    return all(...types)(graph).filter(
      (each) => each !== waiting && each.dependsOn.some((name) => used.includes(name)),
    );
  };

/** Of the groups that a group's own instances get. */
const rulesOfItsInstances = (graph: Recorded[], waiting: Recorded) => {
  const templates = graph.filter(
    ({ type, name }) => type === TEMPLATE && waiting.dependsOn.includes(`${type} ${name}`),
  );
  return all(
    INGRESS,
    EGRESS,
  )(graph).filter(({ dependsOn }) =>
    templates.some((template) =>
      dependsOn.some(
        (name) => name.startsWith(SECURITY_GROUP) && template.dependsOn.includes(name),
      ),
    ),
  );
};

const RULES: Rule[] = [
  {
    types: [NAT, LOAD_BALANCER, EIP_ASSOCIATION, "aws:ec2/instance:Instance", GROUP, VPC_ORIGIN],
    waitsFor: (graph, { inputs }) => (inputs.internal ? [] : all(GATEWAY)(graph)),
    because: "AWS refuses what could not be reached, or an instance could fetch nothing at boot",
  },
  {
    types: ["aws:ec2/eip:Eip"],
    waitsFor: all(GATEWAY),
    because: "the gateway is not detached while an address is there",
  },
  {
    types: [OBJECT, "aws:codepipeline/pipeline:Pipeline"],
    waitsFor: belonging(BUCKET, VERSIONING),
    because: "an object put before has no version",
  },
  {
    types: [GROUP, "aws:codebuild/project:Project", "aws:codepipeline/pipeline:Pipeline"],
    waitsFor: belonging(
      "aws:iam/role:Role",
      ROLE_POLICY,
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    ),
    because: "it starts at once, without its rights",
  },
  {
    types: ["aws:ec2/flowLog:FlowLog"],
    waitsFor: belonging("aws:iam/role:Role", ROLE_POLICY),
    because: "AWS tries its role",
  },
  {
    types: [GROUP],
    waitsFor: all(
      "aws:ec2/vpcEndpoint:VpcEndpoint",
      "aws:ec2/routeTableAssociation:RouteTableAssociation",
      "aws:ec2/routeTable:RouteTable",
      "aws:ec2/route:Route",
      NAT,
    ),
    because: "an instance boots once, and needs its ways out",
  },
  {
    types: [GROUP],
    waitsFor: rulesOfItsInstances,
    because: "an instance boots once, and needs its ways in and out",
  },
  {
    types: [GROUP],
    waitsFor: belonging(
      "aws:lb/targetGroup:TargetGroup",
      LISTENER,
      "aws:lb/listenerRule:ListenerRule",
    ),
    because: "a target that no listener leads to is never healthy",
  },
  {
    types: [LOAD_BALANCER],
    waitsFor: belonging(BUCKET, "aws:s3/bucketPolicy:BucketPolicy"),
    because: "AWS writes a test record of its logs",
  },
  {
    types: [LISTENER],
    waitsFor: belonging(
      "aws:acm/certificate:Certificate",
      "aws:acm/certificateValidation:CertificateValidation",
    ),
    because: "AWS refuses a certificate that is not issued",
  },
  {
    types: ["aws:cloudwatch/eventTarget:EventTarget", "aws:budgets/budget:Budget"],
    waitsFor: belonging("aws:sns/topic:Topic", "aws:sns/topicPolicy:TopicPolicy"),
    because: "what is published before is lost",
  },
  {
    types: ["aws:ec2/vpcEndpoint:VpcEndpoint"],
    waitsFor: belonging("aws:ec2/securityGroup:SecurityGroup", INGRESS),
    because: "a door that nobody may open",
  },
  // #region quotes
  {
    types: ["aws:rds/instance:Instance"],
    waitsFor: (graph) =>
      all("aws:cloudwatch/logGroup:LogGroup")(graph).filter(({ inputs }) =>
        inputs.name.startsWith("/aws/rds/"),
      ),
    because: "RDS makes its log groups itself, to be kept for ever",
  },
  // #endregion quotes
];

describe("in every kind of stage", () => {
  const titled = RULES.map((rule) => ({
    ...rule,
    what: rule.types.map((type) => type.split(":").at(-1)).join(", "),
  }));

  test.each(titled)("$what: $because", ({ types, waitsFor }) => {
    const hasty: string[] = [];
    let edges = 0;
    for (const [shape, graph] of Object.entries(graphs)) {
      for (const waiting of all(...types)(graph)) {
        const there = allBefore(graph, waiting);
        for (const each of waitsFor(graph, waiting)) {
          edges += 1;
          if (!there.has(`${each.type} ${each.name}`))
            hasty.push(`${shape}: ${waiting.name} does not wait for ${each.name}`);
        }
      }
    }
    expect(hasty).toEqual([]);
    // A rule without matches proves nothing.
    expect(edges).toBeGreaterThan(0);
  });

  test("a rollout starts when the archives are there", () => {
    for (const graph of Object.values(graphs)) {
      const rollouts = graph.filter(({ name }) => name.endsWith("Rollout"));
      expect(rollouts).not.toEqual([]);
      for (const each of rollouts) expect([...allBefore(graph, each)].join("\n")).toContain(OBJECT);
    }
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
    // Node.js, and each service's.
    expect(objects.length).toBeGreaterThan(1);
    for (const { name, inputs, retainOnDelete } of objects) {
      const [hash] = /[01]{16}/.exec(inputs.key) ?? [""];
      expect(hash).toHaveLength(16);
      expect(name).toContain(hash);
      // The engine removes it once no deploy names it; otherwise the bucket would grow forever.
      expect(retainOnDelete).toBe(false);
    }
  });
});
