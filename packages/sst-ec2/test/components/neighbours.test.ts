/** Apps with long names, and apps that share an account. */
import { describe, expect, test } from "vitest";
import { runProgram } from "../../../../tools/stage/graph/program.ts";
import type { Recorded } from "../../../../tools/stage/graph/resource.ts";
import { deployerPolicies } from "../../src/policy/index.ts";
import { NAME_LIMITS } from "../../src/sst/name-limits.ts";

/** What a deployer's policy knows by its name, in the ARN before that. */
const KNOWN: Record<string, string> = {
  "aws:autoscaling/group:Group": ":autoScalingGroupName/",
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": ":alarm:",
  "aws:cloudwatch/metricAlarm:MetricAlarm": ":alarm:",
  "aws:iam/instanceProfile:InstanceProfile": ":instance-profile/",
  "aws:iam/role:Role": ":role/",
  "aws:lb/loadBalancer:LoadBalancer": ":loadbalancer/app/",
  "aws:lb/targetGroup:TargetGroup": ":targetgroup/",
};

/** Names that another resource of the account must not have, as the program gives them. */
const FIXED = ["name", "alarmName", "bucket"];

async function run(app: string, stage: string, service = "Api", dev = false): Promise<Recorded[]> {
  const program = async () => {
    const { Alb, Service } = await import("../../src/index.ts");
    const vpc = new sst.aws.Vpc("Vpc");
    const alb = new Alb("Alb", { vpc, accessLogs: "90 days" });
    new Service(service, {
      vpc,
      entry: "server.ts",
      loadBalancer: { instance: alb, rules: [{}] },
      alarmActions: ["arn:aws:sns:us-east-1:123456789012:alarms"],
      dev: { command: "node server.ts" },
    });
    new Service("Worker", { vpc, entry: "worker.ts", dev: { command: "node worker.ts" } });
  };
  return (await runProgram({ app, stage, dev, program })).resources;
}

/** The physical name: what the program asks for, or what Pulumi makes of the logical one. */
function nameOf({ name, inputs }: Recorded): string {
  return inputs.alarmName ?? inputs.name ?? `${name}-1a2b3c4`;
}

describe.each(["shop", "a-shop-in-town", "an-application-with-a-name-of-40-letters"])(
  "%s",
  (app) => {
    const patterns = Object.values(deployerPolicies({ app })).flatMap(({ Statement }) =>
      Statement.flatMap(({ Resource }) => Resource),
    );
    const isKnown = (resource: Recorded) => {
      const before = KNOWN[resource.type] ?? "";
      return patterns.some((pattern) => {
        const [, known] = pattern.split(before);
        return known?.endsWith("*") && nameOf(resource).startsWith(known.replace(/\*.*/, ""));
      });
    };

    test.each([
      ["dev", "Api"],
      ["a-pull-request-with-a-very-long-branch-name-of-60-characters", "Api"],
      ["dev", "A".repeat(24)],
      ["a-pull-request-with-a-very-long-branch-name-of-60-characters", "A".repeat(24)],
    ])(
      "in stage %s, a service %s: all names fit, and its policies know them",
      async (stage, name) => {
        for (const dev of [false, true]) {
          const resources = await run(app, stage, name, dev);
          const named = resources.filter(({ type }) => type in NAME_LIMITS || type in KNOWN);
          expect(named.length).toBeGreaterThan(dev ? 1 : 12);
          const tooLong = named.filter(
            (each) => nameOf(each).length > NAME_LIMITS[each.type as keyof typeof NAME_LIMITS],
          );
          expect(tooLong.map(nameOf)).toEqual([]);
          const unknown = named.filter((each) => each.type in KNOWN && !isKnown(each));
          expect(unknown.map(nameOf)).toEqual([]);
        }
      },
    );
  },
);

describe("two apps in one account", () => {
  const fixed = (resources: Recorded[]) =>
    resources.flatMap(({ type, inputs }) =>
      /lifecycleHook|privateDnsNamespace|bucket(?!V2:)/i.test(type)
        ? []
        : FIXED.filter((key) => typeof inputs[key] === "string").map(
            (key) => `${type} ${inputs[key]}`,
          ),
    );

  test("of the same stage and components have no name in common", async () => {
    const first = fixed(await run("shop", "dev"));
    const second = fixed(await run("shop-two", "dev"));
    expect(first.length).toBeGreaterThan(5);
    expect(first.filter((each) => second.includes(each))).toEqual([]);
  });

  test("have those names in common alone that the README says, where app and stage read the same", async () => {
    const first = fixed(await run("shop", "two-dev"));
    const second = fixed(await run("shop-two", "dev"));
    expect(first.filter((each) => second.includes(each)).sort()).toEqual([
      "aws:autoscaling/group:Group shop-two-dev-Api",
      "aws:autoscaling/group:Group shop-two-dev-Worker",
    ]);
  });
});
