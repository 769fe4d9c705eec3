/**
 * Runs the program of `sst.config.ts` under Pulumi's mocks: everything is real except the engine,
 * which only records what it is asked for.
 */
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Recorded } from "./resource.ts";

export interface ProgramOptions {
  stage: string;
  /** As in `sst dev`. */
  dev?: boolean;
  app?: string;
  /** The repository. */
  root?: string;
  /** A program to run instead of `sst.config.ts`. */
  program?: () => Promise<unknown>;
  /** Overrides of AWS's answers. */
  answers?: typeof INVOKES;
}

const REGION = "us-east-1";
const ACCOUNT = "123456789012";
const ZONES = ["us-east-1a", "us-east-1b", "us-east-1c"];

/** AWS's answers to the program's queries. */
// biome-ignore lint/suspicious/noExplicitAny: arguments of every function of the provider.
const INVOKES: Record<string, (args: any) => Record<string, unknown>> = {
  "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({
    names: ZONES,
  }),
  "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": ({ filters: [{ values }] }) => {
    const pairs = ZONES.flatMap((zone) => values.map((type: string) => [type, zone]));
    const [instanceTypes, locations] = [0, 1].map((side) =>
      pairs.map((pair: string[]) => pair[side]),
    );
    return { instanceTypes, locations };
  },
  "aws:index/getPartition:getPartition": () => ({ partition: "aws" }),
  "aws:index/getRegion:getRegion": () => ({ name: REGION, id: REGION }),
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: ACCOUNT }),
  "aws:iam/getPolicyDocument:getPolicyDocument": (args) => ({
    json: JSON.stringify(policyDocument(args)),
  }),
  "aws:ssm/getParameter:getParameter": ({ name }) => ({
    value: `ami-${name}`,
    insecureValue: `ami-${name}`,
  }),
  // The account has the zone of example.com.
  "aws:route53/getZone:getZone": ({ name, zoneId }) => {
    // The engine's client reads an error's details.
    const refusal = { details: "invoking getZone: no matching zone found" };
    if (name !== "example.com" && !zoneId) throw Object.assign(new Error(), refusal);
    return { zoneId: zoneId ?? `zone-${name}`, name: "example.com" };
  },
  "aws:lb/getListener:getListener": ({ loadBalancerArn, port }) => ({
    arn: `${loadBalancerArn}/listener/${port}`,
    protocol: port === 443 ? "HTTPS" : "HTTP",
  }),
  "aws:ec2/getAmi:getAmi": () => ({ id: "ami-nat" }),
  "cloudflare:index/getZone:getZone": ({ zoneId }) => ({ id: zoneId, zoneId, name: "example.com" }),
  "aws:ec2/getManagedPrefixList:getManagedPrefixList": ({ name }) => ({ id: `pl-${name}`, name }),
};

interface Statement {
  effect?: string;
  actions?: string[];
  resources?: string[];
  principals?: { type: string; identifiers: string[] }[];
  conditions?: { test: string; variable: string; values: string[] }[];
}

/** The provider's policy document, as far as the program uses it. */
function policyDocument({ statements = [] }: { statements?: Statement[] }) {
  return {
    Version: "2012-10-17",
    Statement: statements.map((each) => ({
      Effect: each.effect ?? "Allow",
      Action: each.actions,
      Resource: each.resources,
      Principal:
        each.principals &&
        Object.fromEntries(each.principals.map(({ type, identifiers }) => [type, identifiers])),
      Condition:
        each.conditions &&
        Object.fromEntries(each.conditions.map((c) => [c.test, { [c.variable]: c.values }])),
    })),
  };
}

/** Part of every secret that the mocks create. */
export const SECRET = "secret-of-the-mocks";

/** Pulumi's marker for secrets between engine and program. */
export const SECRET_MARK = "4dabf18193072939515e22adb298388d";

/** Properties that AWS sets. */
function outputsOf(
  type: string,
  name: string,
  inputs: Record<string, unknown>,
): Record<string, unknown> {
  const label = inputs.name ?? `${name}-1a2b3c4`;
  return {
    ...inputs,
    name: label,
    arn: `arn:aws:mock:${REGION}:${ACCOUNT}:${type.split(":").at(-1)}/${label}`,
    // The program reads this one.
    ...(type === "aws:codeconnections/connection:Connection" && {
      arn: `arn:aws:codeconnections:${REGION}:${ACCOUNT}:connection/1a2b3c4`,
    }),
    ...(type === "aws:ec2/launchTemplate:LaunchTemplate" && { latestVersion: 7 }),
    ...(type === "aws:ssm/parameter:Parameter" && { version: 3 }),
    ...(type === "aws:s3/bucketV2:BucketV2" && {
      bucket: inputs.bucket ?? String(label).toLowerCase(),
    }),
    ...(type === "aws:lb/loadBalancer:LoadBalancer" && {
      dnsName: "alb.example.com",
      zoneId: "Z1",
      arnSuffix: `app/${label}/1`,
      // Of one that is looked up, for which the program names nothing.
      vpcId: "vpc-of-the-balancer",
      securityGroups: inputs.securityGroups ?? ["sg-of-the-balancer"],
    }),
    ...(type === "aws:cloudfront/distribution:Distribution" && {
      domainName: "d111111abcdef8.cloudfront.net",
    }),
    ...(type === "aws:lb/targetGroup:TargetGroup" && { arnSuffix: `targetgroup/${label}/1` }),
    ...(type === "aws:rds/instance:Instance" && {
      arn: `arn:aws:rds:${REGION}:${ACCOUNT}:db:${inputs.identifier}`,
      address: `${inputs.identifier}.mock.${REGION}.rds.amazonaws.com`,
      resourceId: "db-MOCKMOCKMOCK",
      masterUserSecrets: [
        { secretArn: `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:rds!db-1a2b3c4` },
      ],
    }),
    ...(type === "random:index/randomId:RandomId" && { hex: "0a1b2c3d" }),
    ...(name === "TokenSecretKeys" && {
      // Not marked as secret: the program must do that.
      value: `${SECRET}-with-more-than-32-bytes`,
      previous: `${SECRET}-that-signed-until-lately`,
      next: `${SECRET}-that-will-sign-some-time`,
    }),
    ...(type === "aws:acm/certificate:Certificate" && {
      domainValidationOptions: [
        {
          resourceRecordName: `_a.${inputs.domainName}`,
          resourceRecordType: "CNAME",
          resourceRecordValue: "_b.acm.example",
        },
      ],
    }),
  };
}

/**
 * A dynamic resource without its provider: Pulumi would serialise the provider's functions, which
 * fails for functions transformed by the test runner.
 */
class DynamicResource extends pulumi.CustomResource {
  constructor(
    _provider: unknown,
    name: string,
    props: pulumi.Inputs,
    opts?: pulumi.CustomResourceOptions,
  ) {
    super("pulumi-nodejs:dynamic:Resource", name, props, opts);
  }
}

function setGlobals({
  stage,
  dev = false,
  app = "steadfast",
  root = join(import.meta.dirname, "../../.."),
}: ProgramOptions) {
  Object.assign(globalThis, {
    $app: { name: app, stage, removal: "remove", protect: false, providers: { aws: {} } },
    $dev: dev,
    $cli: {
      command: dev ? "dev" : "deploy",
      rpc: "",
      paths: {
        home: root,
        root,
        work: join(root, ".sst"),
        platform: join(root, ".sst/platform"),
      },
      state: { version: {} },
    },
  });
}

/**
 * Runs a program and waits until it creates nothing more.
 *
 * @returns The resources and the program's outputs; rejects with the program's first error.
 */
export async function runProgram(options: ProgramOptions) {
  const resources: Recorded[] = [];
  const requests = new Map<
    string,
    Pick<Recorded, "dependsOn" | "retainOnDelete" | "ignoreChanges">
  >();
  setGlobals(options);
  await pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs, id, custom }) {
        // Looked up, not made; the engine asks in another way.
        if (id) return { id, state: outputsOf(type, name, inputs) };
        const known = `${name}-id`;
        const asked = requests.get(`${type} ${name}`);
        if (!asked) throw new Error(`nobody asked for ${type} ${name}`);
        resources.push({ type, name, id: known, inputs, custom: custom ?? true, ...asked });
        return { id: known, state: outputsOf(type, name, inputs) };
      },
      call({ token, inputs }) {
        const invoke = options.answers?.[token] ?? INVOKES[token];
        if (!invoke) throw new Error(`The mocks have no answer for ${token}.`);
        return invoke(inputs);
      },
    },
    options.app ?? "steadfast",
    options.stage,
    false,
  );
  watchRequests((request) => {
    requests.set(`${request.getType()} ${request.getName()}`, {
      dependsOn: request.getDependenciesList().map(nameOf),
      retainOnDelete: request.getRetainondelete(),
      ignoreChanges: request.getIgnorechangesList(),
    });
  });
  // @ts-expect-error: plain JavaScript, which SST puts into the program in the same way.
  const shim = await import("../../../.sst/platform/src/shim/run.js");
  Object.assign(globalThis, shim);
  const sst = await import("../../../.sst/platform/src/components/index.js");
  const dynamic = { ...pulumi.dynamic, Resource: DynamicResource };
  Object.assign(globalThis, { aws, random, sst, $util: { ...pulumi, dynamic } });
  const { run } = await import("../../../.sst/platform/src/auto/run.js");
  const program = options.program ?? (await configProgram());
  let failure: unknown;
  const outputs = await pulumi.runtime.runInPulumiStack(() =>
    run(program as pulumi.automation.PulumiFn).catch((error) => {
      failure = error;
    }),
  );
  await settled(resources);
  if (failure) throw failure;
  return { resources, outputs };
}

/** The parts of an engine request beside its inputs; missing from Pulumi's types. */
interface RegisterRequest {
  getType(): string;
  getName(): string;
  /** URNs of dependencies, from inputs or `dependsOn`. */
  getDependenciesList(): string[];
  getRetainondelete(): boolean;
  getIgnorechangesList(): string[];
}

/** The mocks only see inputs, so requests are intercepted on their way to the engine. */
function watchRequests(watch: (request: RegisterRequest) => void): void {
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    registerResource(request: RegisterRequest, ...rest: unknown[]): unknown;
  };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, ...rest) => {
    watch(request);
    return register(request, ...rest);
  };
}

/** `aws:ec2/vpc:Vpc VpcVpc` of a URN. */
function nameOf(urn: string): string {
  const [types = "", name = ""] = urn.split("::").slice(-2);
  return `${types.split("$").at(-1)} ${name}`;
}

/** The program of `sst.config.ts`. */
async function configProgram() {
  const { default: config } = await import("../../../sst.config.ts");
  return () => config.run();
}

/** Internal to Pulumi, missing from its types. */
const { waitForRPCs } = pulumi.runtime as unknown as { waitForRPCs(): Promise<void> };

async function settled(resources: Recorded[]): Promise<void> {
  for (let seen = -1; seen !== resources.length; ) {
    seen = resources.length;
    await waitForRPCs();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
