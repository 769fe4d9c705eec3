/** What a balancer sends where: several services, redirects, and balancers that others have made. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Resources } from "../../../../test/infra/support/resources.ts";
import type { AlbArgs, AlbRule } from "../../src/alb/args.ts";
import type { ForeignAlb, ServiceLoadBalancer } from "../../src/service/args.ts";
import { entry, run, SUBNETS, vpc } from "./support/program.ts";

type Components = typeof import("../../src/alb/alb.ts") &
  typeof import("../../src/alb/rules.ts") &
  typeof import("../../src/service/service.ts");
let components: Components;

const RULE = "aws:lb/listenerRule:ListenerRule";
const ARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/shared/1";

/** Services by their rules, behind one balancer. */
function serve(
  instance: () => ServiceLoadBalancer["instance"],
  services: Record<string, readonly AlbRule[]>,
  stage?: string,
) {
  return run(
    () => {
      const balancer = instance();
      for (const [name, rules] of Object.entries(services))
        new components.Service(name, {
          vpc,
          entry,
          loadBalancer: { instance: balancer, rules: rules as [AlbRule] },
        });
    },
    { stage },
  );
}

const made = (args: Partial<AlbArgs> = {}) => {
  return () => new components.Alb("Edge", { vpc: SUBNETS, ...args });
};
const found = () => components.Alb.get("Shared", ARN);

const inOrder = (resources: Resources) =>
  resources
    .of(RULE)
    .sort((one, other) => one.inputs.priority - other.inputs.priority)
    .map(({ name }) => name.replace(/^(Edge|Shared)To/, ""));

beforeAll(async () => {
  await run(() => undefined);
  components = {
    ...(await import("../../src/alb/alb.ts")),
    ...(await import("../../src/alb/rules.ts")),
    ...(await import("../../src/service/service.ts")),
  };
});

describe("several services behind a balancer", () => {
  test("are asked the more a rule wants, the earlier", async () => {
    const resources = await serve(made(), {
      Rest: [{}],
      Api: [{ conditions: { path: "/api/*" } }],
      Admin: [{ conditions: { path: "/api/admin/*" } }],
      Beta: [{ conditions: { header: { name: "X-Beta", values: ["yes"] }, path: "/api/*" } }],
      Shop: [{ conditions: { host: "shop.example.com" } }],
    });
    expect(inOrder(resources)).toEqual(["Shop", "Beta", "Admin", "Api", "Rest"]);
  });

  test("have priorities in which no other has a say", () => {
    const rule = { conditions: { path: "/api/*" } };
    expect(components.priorityOf("Api", rule)).toBe(components.priorityOf("Api", rule));
    expect(components.priorityOf("Api", {})).toBe(50_000);
  });

  test("never have the same, however many are equally specific", () => {
    const priorities = new components.Priorities();
    const all = Array.from({ length: 100 }, (_, index) => {
      const path = `/a${String(index).padStart(2, "0")}/*`;
      return priorities.take(`Service${index}`, { conditions: { path } }, 0, "80/http");
    });
    expect(new Set(all).size).toBe(100);
    const longer = priorities.take("Longer", { conditions: { path: "/a00/b/*" } }, 0, "80/http");
    expect(longer).toBeLessThan(Math.min(...all));
  });

  test("may have the same on two listeners", () => {
    const priorities = new components.Priorities();
    const places = ["80/http", "443/https"].map((listen) => priorities.take("Api", {}, 0, listen));
    expect(places).toEqual([50_000, 50_000]);
  });

  test("may say their own, and need one each", async () => {
    const reports = { conditions: { path: "/reports/*" }, priority: 10 };
    const resources = await serve(made(), { Api: [{}], Reports: [reports] });
    expect(inOrder(resources)).toEqual(["Reports", "Api"]);
    const admin = { conditions: { path: "/admin/*" }, priority: 10 };
    const priorities = new components.Priorities();
    priorities.take("Admin", admin, 0, "80/http");
    expect(() => priorities.take("Reports", reports, 0, "80/http")).toThrow(
      '"priority" of a rule of "Reports" is 10, as that of "Admin"; each rule of a balancer needs one of its own.',
    );
  });

  test.each<[AlbRule, AlbRule]>([
    [{}, {}],
    [{}, { conditions: { path: "/*" }, priority: 7 }],
    [{ conditions: { path: "/api/*" } }, { conditions: { path: ["/api/*"] } }],
    [
      { conditions: { path: ["/a", "/b"], host: "Api.example.com" } },
      { conditions: { host: "api.example.com", path: ["/b", "/a"] } },
    ],
  ])("cannot both have the same requests: %j and %j", (one, other) => {
    const priorities = new components.Priorities();
    priorities.take("Api", one, 0, "80/http");
    expect(() => priorities.take("Reports", other, 0, "80/http")).toThrow(
      '"loadBalancer.rules[0]" of "Reports" wants the same requests as a rule of "Api"; give it "conditions" of its own.',
    );
  });

  test("keep their rules apart, whatever they are called", async () => {
    const resources = await serve(made(), {
      Api: [{ conditions: { path: "/a/*" } }, { conditions: { path: "/b/*" } }],
      Api1: [{ conditions: { path: "/c/*" } }],
    });
    expect(resources.of(RULE).map(({ name }) => name)).toEqual([
      "EdgeToApi",
      "EdgeToApi_1",
      "EdgeToApi1",
    ]);
  });

  test("with names as long as a service's may be have a target group each", async () => {
    const names = ["a", "b"].map((last) => `ServiceWithALongLongNam${last}`);
    const resources = await serve(
      made(),
      Object.fromEntries(names.map((name) => [name, [{ conditions: { path: `/${name}/*` } }]])),
    );
    const groups = resources.of("aws:lb/targetGroup:TargetGroup").map(({ name }) => name);
    expect(new Set(groups).size).toBe(2);
    for (const name of groups) expect(name.length).toBeLessThanOrEqual(24);
  });
});

test("every condition of SST's reaches AWS", async () => {
  const conditions = {
    path: ["/api", "/api/*"],
    host: "api.example.com",
    header: { name: "X-Beta", values: ["yes"] },
    query: [{ key: "version", value: "v1" }],
  };
  const resources = await serve(made(), { Api: [{ conditions }] });
  expect(resources.one(RULE).inputs).toMatchObject({
    actions: [{ type: "forward" }],
    conditions: [
      { pathPattern: { values: ["/api", "/api/*"] } },
      { hostHeader: { values: ["api.example.com"] } },
      { httpHeader: { httpHeaderName: "X-Beta", values: ["yes"] } },
      { queryStrings: [{ key: "version", value: "v1" }] },
    ],
  });
});

describe("a redirect", () => {
  const toHttps: AlbRule = { listen: "80/http", redirect: "443/https" };

  test("from HTTP to HTTPS is what a balancer with HTTPS does by itself", async () => {
    const domain = { name: "api.example.com", dns: false } as const;
    for (const args of [{ domain, certificate: "arn:certificate" }, { edge: true }]) {
      const resources = await serve(made(args), {
        Api: [toHttps, { listen: "443/https" }],
      });
      expect(inOrder(resources)).toEqual(["Api_1"]);
    }
  });

  test("is a rule of somebody else's balancer", async () => {
    const resources = await serve(found, {
      Api: [
        { ...toHttps, conditions: { host: "api.example.com" } },
        { listen: "443/https", conditions: { host: "api.example.com" } },
      ],
    });
    const [redirect, forward] = resources.of(RULE).map(({ inputs }) => inputs);
    expect(redirect).toMatchObject({
      listenerArn: expect.stringContaining("SharedListener80"),
      actions: [
        {
          type: "redirect",
          redirect: { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" },
        },
      ],
    });
    expect(forward).toMatchObject({
      listenerArn: expect.stringContaining("SharedListener443"),
      actions: [{ type: "forward" }],
    });
  });

  test.each<[AlbRule[], string]>([
    [[toHttps], '"loadBalancer.rules" send the service no request; one of them must be without'],
    [
      [{ ...toHttps, forward: "3000/http" }],
      '"loadBalancer.rules[0]" has "redirect" and "forward"; it can do one of them.',
    ],
    [
      [{}, { listen: "80/http", redirect: "80/http" }],
      '"loadBalancer.rules[1].redirect" is "80/http", where the request came from; it would never end.',
    ],
    [
      [{}, { redirect: "https" as never }],
      '"loadBalancer.rules[1].redirect" is "https"; it must be like "443/https".',
    ],
  ])("is refused: %j", (rules, message) => {
    expect(() => components.checkRules(rules)).toThrow(message);
  });

  test("to a balancer without HTTPS is refused", async () => {
    await expect(serve(made(), { Api: [toHttps, {}] })).rejects.toThrow(
      '"loadBalancer.rules[0].redirect" is "443/https", but "Edge" speaks HTTP alone: it has no certificate; give it "domain" or "edge".',
    );
  });

  test("that a balancer with HTTPS cannot do is refused", async () => {
    await expect(
      serve(made({ edge: true }), { Api: [{}, { listen: "443/https", redirect: "80/http" }] }),
    ).rejects.toThrow(
      '"loadBalancer.rules[1]" redirects "443/https" to "80/http"; "Edge" can redirect "80/http" to "443/https" alone.',
    );
  });
});

describe("somebody else's balancer", () => {
  const rules: AlbRule[] = [{ conditions: { host: "api.example.com" } }];

  test("gets rules and a way to the instances, and is left as it is otherwise", async () => {
    const resources = await serve(found, { Api: rules });
    expect(resources.one(RULE).inputs).toMatchObject({
      listenerArn: expect.stringContaining("SharedListener80"),
      conditions: [{ hostHeader: { values: ["api.example.com"] } }],
    });
    expect(resources.one("aws:lb/targetGroup:TargetGroup").inputs.vpcId).toBe(
      "vpc-of-the-balancer",
    );
    const [ingress] = resources.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule");
    expect(ingress?.inputs.referencedSecurityGroupId).toContain("sg-of-the-balancer");
    expect(
      resources.one("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "ApiBalancerTo")
        .inputs.securityGroupId,
    ).toContain("sg-of-the-balancer");
    expect(resources.of("aws:lb/loadBalancer:LoadBalancer")).toEqual([]);
  });

  test("knows its address, and can be linked", async () => {
    await run(async () => {
      const alb = found();
      const url = await new Promise((known) => alb.url.apply(known));
      expect(url).toBe("http://alb.example.com");
      expect(Object.keys(alb.getSSTLink().properties)).toEqual(["url"]);
      expect(alb.nodes.listener).toBeUndefined();
    });
  });

  test("has priorities that two apps and two stages do not share", async () => {
    const of = async (stage: string) => {
      const resources = await serve(found, { Api: rules }, stage);
      return resources.one(RULE).inputs.priority as number;
    };
    expect(await of("ada")).toBe(await of("ada"));
    expect(new Set([await of("ada"), await of("bob"), await of("eve")]).size).toBeGreaterThan(1);
  });

  test.each<[AlbRule, string]>([
    [
      {},
      '"loadBalancer.rules[0]" takes every request of "Shared", which another app or stage has made; give it "conditions", or "priority" if that is meant.',
    ],
  ])("refuses %j", async (rule, message) => {
    await expect(serve(found, { Api: [rule] })).rejects.toThrow(message);
  });

  test("is taken by its word: a rule says what its listener speaks", async () => {
    const { checkSpoken } = await import("../../src/alb/balancer.ts");
    checkSpoken("Shared", "443/https", "HTTPS");
    expect(() => checkSpoken("Shared", "443/http", "HTTPS")).toThrow(
      '"listen" is "443/http", but "Shared" speaks HTTPS on port 443.',
    );
  });

  test("gives all that is left to whom a priority is said for", async () => {
    const resources = await serve(found, { Api: [{ priority: 49_000 }] });
    expect(resources.one(RULE).inputs.priority).toBe(49_000);
  });
});

test("an sst.aws.Alb of SST 4 takes services, too; its group is open already", async () => {
  const asked: string[] = [];
  const foreign = (): ForeignAlb => {
    const loadBalancer = new aws.lb.LoadBalancer("Theirs", { securityGroups: ["sg-theirs"] });
    const securityGroup = new aws.ec2.SecurityGroup("TheirGroup", {});
    return {
      nodes: { loadBalancer, securityGroup },
      url: $interpolate`http://${loadBalancer.dnsName}`,
      getListener(protocol, port) {
        asked.push(`${port}/${protocol}`);
        return aws.lb.Listener.get(`Their${port}`, `${ARN}/listener/${port}`);
      },
    };
  };
  const resources = await serve(foreign, {
    Api: [{ listen: "443/https", conditions: { path: "/api/*" } }],
    Web: [{ listen: "443/https", conditions: { path: "/web/*" } }],
  });
  expect(asked).toEqual(["443/https", "443/https"]);
  expect(resources.of(RULE)).toHaveLength(2);
  expect(
    resources
      .of("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
      .filter(({ name }) => name.endsWith("BalancerTo")),
  ).toEqual([]);
  expect(
    resources.one("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "ApiFromBalancer")
      .inputs.referencedSecurityGroupId,
  ).toContain("TheirGroup");
});

describe("a rule is refused", () => {
  test.each<[AlbRule["conditions"], string]>([
    [{ path: [] }, 'conditions.path" is empty; without it the rule takes all.'],
    [{ path: "" }, 'conditions.path" is empty'],
    [{ host: [] }, 'conditions.host" is empty'],
    [{ query: [] }, 'conditions.query" is empty'],
    [{ header: { name: "X", values: [] } }, 'conditions.header" is empty'],
    [{ header: { name: "X Y", values: ["a"] } }, 'conditions.header.name" is "X Y"; it must be'],
    [{ path: "/a b" }, 'conditions.path" has "/a b"; it must be a path such as "/reports/*".'],
    [
      { host: "https://api.example.com" },
      'conditions.host" has "https://api.example.com"; it must be a host\'s name such as',
    ],
    [
      { path: ["/*a*b", "/*c*d", "/*e*f", "/*g"] },
      'conditions" have 7 times "*" or "?"; a rule takes 6. Make a second rule.',
    ],
    [{ path: `/${"a".repeat(128)}` }, "a value has 1 to 128 characters."],
  ])("with conditions %j", (conditions, message) => {
    expect(() => components.checkRules([{ conditions } as AlbRule])).toThrow(message);
  });

  test("when there is none", () => {
    expect(() => components.checkRules([])).toThrow(
      '"loadBalancer.rules" send the service no request',
    );
  });
});
