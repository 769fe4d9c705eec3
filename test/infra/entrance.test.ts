/**
 * How clients come in, by the stage's options: what is created, who may connect, which headers
 * count.
 */
import { afterEach, describe, expect, test } from "vitest";
import { entranceOf } from "../../infra/network/entrance.ts";
import { providersOf, type Stage, stageOf, stages } from "../../infra/stages.ts";
import { loadConfig } from "../../packages/api/src/config.ts";
import { runProgram } from "../../tools/stage/graph/program.ts";
import { Resources, secretOf } from "./support/resources.ts";

const CERTIFICATE = "aws:acm/certificate:Certificate";
const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const DYNAMIC = "pulumi-nodejs:dynamic:Resource";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const LISTENER = "aws:lb/listener:Listener";
const LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const ORIGIN = "aws:cloudfront/vpcOrigin:VpcOrigin";
const RECORD = "aws:route53/record:Record";
const TARGETS = "aws:lb/targetGroup:TargetGroup";
const DOMAIN = "api.example.com";
const ARN = "arn:aws:acm:us-east-1:123456789012:certificate/1a2b3c4d";

afterEach(() => {
  delete stages.kept;
});

async function deploy(options: Partial<Stage> = {}) {
  stages.kept = { ...stages.prod, ...options };
  const { resources, outputs } = await runProgram({ stage: "kept" });
  return { resources: new Resources(resources), outputs };
}

/** The API's own parsing of its environment. */
function configOf(resources: Resources) {
  const { inputs } = resources.one("aws:ssm/parameter:Parameter", "ApiLinks");
  return loadConfig(JSON.parse(secretOf(inputs.value)));
}

/** Rules into the balancer. */
const clientsOf = (resources: Resources) =>
  resources
    .of(INGRESS)
    .filter(({ inputs }) => inputs.securityGroupId.includes("AlbSecurityGroup"))
    .map(({ inputs }) => inputs);

describe("a stage that is kept, without a domain", async () => {
  const { resources, outputs } = await deploy();
  const { inputs } = resources.one(DISTRIBUTION);

  test("has CloudFront's address and certificate, and nothing to warn of", () => {
    expect(outputs).toMatchObject({
      url: "https://d111111abcdef8.cloudfront.net",
      docs: "https://d111111abcdef8.cloudfront.net/docs",
    });
    expect(outputs).not.toHaveProperty("warning");
    expect(inputs.viewerCertificate).toEqual({ cloudfrontDefaultCertificate: true });
    expect(inputs.aliases).toBeUndefined();
    expect(resources.of(CERTIFICATE)).toEqual([]);
  });

  test("has an internal balancer, which nobody but CloudFront can connect to", () => {
    const balancer = resources.one(LOAD_BALANCER);
    expect(balancer.inputs).toMatchObject({
      internal: true,
      subnets: ["VpcPrivateSubnet1-id", "VpcPrivateSubnet2-id"],
    });
    expect(clientsOf(resources)).toEqual([
      {
        securityGroupId: expect.any(String),
        description: "CloudFront",
        ipProtocol: "tcp",
        fromPort: 80,
        toPort: 80,
        prefixListId: "pl-com.amazonaws.global.cloudfront.origin-facing",
      },
    ]);
    expect(resources.of(LISTENER).map((each) => each.inputs.port)).toEqual([80]);
  });

  test("leads from the distribution through the VPC origin to the balancer", () => {
    const origin = resources.one(ORIGIN);
    const balancer = resources.one(LOAD_BALANCER);
    expect(origin.inputs.vpcOriginEndpointConfig).toMatchObject({
      arn: expect.stringContaining(balancer.name),
      httpPort: 80,
      originProtocolPolicy: "http-only",
    });
    expect(inputs.origins).toEqual([
      expect.objectContaining({
        domainName: "alb.example.com",
        vpcOriginConfig: expect.objectContaining({ vpcOriginId: origin.id }),
      }),
    ]);
  });

  test("waits for the internet gateway, without which AWS makes no VPC origin", () => {
    expect(resources.one(ORIGIN).dependsOn).toContain(
      "aws:ec2/internetGateway:InternetGateway VpcInternetGateway",
    );
  });

  test("redirects to HTTPS, takes every method and passes everything on", () => {
    expect(inputs.defaultCacheBehavior).toEqual({
      targetOriginId: "Alb",
      viewerProtocolPolicy: "redirect-to-https",
      allowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
      cachedMethods: ["GET", "HEAD"],
      // AWS's CachingDisabled and AllViewer.
      cachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
      originRequestPolicyId: "216adef6-5c7f-47e4-b989-5492eafa07d3",
    });
    // The API's own headers stay unchanged.
    expect(JSON.stringify(inputs)).not.toContain("responseHeadersPolicyId");
  });

  test("keeps Swagger UI's files alone, without handing on who asks, and not one error", () => {
    expect(inputs.orderedCacheBehaviors).toEqual([
      expect.objectContaining({
        pathPattern: "/docs/static/*/*",
        viewerProtocolPolicy: "redirect-to-https",
        cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
      }),
    ]);
    expect(inputs.orderedCacheBehaviors[0]).not.toHaveProperty("originRequestPolicyId");
    // CloudFront caches these for ten seconds by default, which would hide a new user.
    const codes = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];
    expect(inputs.customErrorResponses).toEqual(
      codes.map((errorCode) => ({ errorCode, responseCode: 0, errorCachingMinTtl: 0 })),
    );
  });

  test("lets the outer wait longer than the inner, and hang up first", () => {
    const { originReadTimeout, originKeepaliveTimeout } = inputs.origins[0].vpcOriginConfig;
    const { idleTimeout } = resources.one(LOAD_BALANCER).inputs;
    expect(originReadTimeout).toBeGreaterThan(idleTimeout);
    expect(originKeepaliveTimeout).toBeLessThan(idleTimeout);
  });

  test("tells the API of two proxies, the nearest in the balancer's subnets", () => {
    expect(configOf(resources)).toMatchObject({
      TRUST_PROXY: "10.0.4.0/22,10.0.12.0/22",
      PROXY_HOPS: 2,
    });
    const subnets = resources
      .of("aws:ec2/subnet:Subnet")
      .filter(({ name }) => name.includes("Private"))
      .map((each) => each.inputs.cidrBlock);
    expect(subnets).toEqual(["10.0.4.0/22", "10.0.12.0/22"]);
  });
});

describe("plain HTTP on a stage that is kept", () => {
  test("is a public balancer without CloudFront, one proxy, and said in the output", async () => {
    const { resources, outputs } = await deploy({ http: true });
    expect(outputs).toMatchObject({
      url: "http://alb.example.com",
      warning: expect.stringMatching(/^plain HTTP: passwords and tokens/),
    });
    expect(resources.one(LOAD_BALANCER).inputs.internal).toBe(false);
    expect(resources.of(DISTRIBUTION)).toEqual([]);
    expect(clientsOf(resources).map(({ cidrIpv4 }) => cidrIpv4)).toEqual(["0.0.0.0/0"]);
    expect(configOf(resources)).toMatchObject({
      TRUST_PROXY: "10.0.0.0/22,10.0.8.0/22",
      PROXY_HOPS: 1,
    });
  });
});

describe("a domain at the edge", async () => {
  const { resources, outputs } = await deploy({ domain: DOMAIN, edge: true });

  test("has a certificate in us-east-1 and TLS 1.2, before the same internal balancer", () => {
    expect(outputs).toMatchObject({ url: `https://${DOMAIN}` });
    expect(resources.one(DISTRIBUTION).inputs).toMatchObject({
      aliases: [DOMAIN],
      viewerCertificate: {
        acmCertificateArn: expect.stringContaining("AlbCertificate"),
        sslSupportMethod: "sni-only",
        minimumProtocolVersion: "TLSv1.2_2021",
      },
    });
    expect(resources.one("pulumi:providers:aws", "UsEast1").inputs.region).toBe("us-east-1");
    expect(resources.one(LOAD_BALANCER).inputs.internal).toBe(true);
    expect(resources.of(LISTENER).map((each) => each.inputs.protocol)).toEqual(["HTTP"]);
  });

  test("leads the domain to CloudFront, over IPv6 too", () => {
    const aliases = resources.of(RECORD).filter(({ inputs }) => inputs.aliases);
    expect(aliases.map(({ inputs }) => [inputs.type, inputs.aliases[0]])).toEqual(
      ["A", "AAAA"].map((type) => [
        type,
        {
          name: "d111111abcdef8.cloudfront.net",
          zoneId: "Z2FDTNDATAQYW2",
          evaluateTargetHealth: true,
        },
      ]),
    );
  });
});

describe("a zone elsewhere", () => {
  test("with a certificate of one's own: no record is made, the output says which to make", async () => {
    const { resources, outputs } = await deploy({ domain: DOMAIN, certificate: ARN });
    expect(outputs).toMatchObject({
      url: `https://${DOMAIN}`,
      record: `${DOMAIN} CNAME alb.example.com`,
    });
    expect(resources.one(LISTENER, "Https").inputs.certificateArn).toBe(ARN);
    expect([...resources.of(RECORD), ...resources.of(CERTIFICATE)]).toEqual([]);
  });

  test("with a certificate at the edge: the record leads to CloudFront", async () => {
    const { resources, outputs } = await deploy({ domain: DOMAIN, certificate: ARN, edge: true });
    expect(outputs).toMatchObject({ record: `${DOMAIN} CNAME d111111abcdef8.cloudfront.net` });
    expect(resources.one(DISTRIBUTION).inputs.viewerCertificate.acmCertificateArn).toBe(ARN);
  });

  test("with a certificate of another region: is refused before anything is made", async () => {
    const certificate = ARN.replace("us-east-1", "eu-west-1");
    await expect(deploy({ domain: DOMAIN, certificate })).rejects.toThrow(
      /the balancer is in us-east-1 and takes one of there/,
    );
  });

  test("at Cloudflare: SST's adapter makes the records, and Route 53 is not asked", async () => {
    const zone = "415e6f4653b6d95b775d350f32119abb";
    const { resources } = await deploy({ domain: DOMAIN, dns: { provider: "cloudflare", zone } });
    const records = resources
      .of("cloudflare:index/dnsRecord:DnsRecord")
      .map(({ inputs }) => inputs);
    expect(records).toContainEqual(
      expect.objectContaining({ name: DOMAIN, type: "CNAME", content: "alb.example.com" }),
    );
    expect(records).toContainEqual(
      expect.objectContaining({ name: `_a.${DOMAIN}`, type: "CNAME", content: "_b.acm.example" }),
    );
    expect(resources.of(RECORD)).toEqual([]);
    stages.kept = { domain: DOMAIN, dns: { provider: "cloudflare" } };
    expect(providersOf("kept")).toEqual({ cloudflare: expect.any(String) });
  });

  test("at Vercel: likewise", async () => {
    const dns = { provider: "vercel", zone: "example.com" } as const;
    const { resources } = await deploy({ domain: DOMAIN, dns });
    const records = resources.of("vercel:index/dnsRecord:DnsRecord").map(({ inputs }) => inputs);
    expect(records).toContainEqual(
      expect.objectContaining({ domain: "example.com", name: "api", value: "alb.example.com" }),
    );
    expect(records).toContainEqual(
      expect.objectContaining({ name: "_a.api", value: "_b.acm.example" }),
    );
  });
});

describe("a change of the entrance", async () => {
  const shapes = {
    edge: (await deploy()).resources,
    http: (await deploy({ http: true })).resources,
    https: (await deploy({ domain: DOMAIN })).resources,
  };

  test("gives the targets another group: AWS lets one belong to one balancer only", () => {
    const name = (shape: keyof typeof shapes) => shapes[shape].one(TARGETS).name;
    expect(name("edge")).not.toBe(name("http"));
    // From one public shape to the other the balancer stays.
    expect(name("https")).toBe(name("http"));
    for (const each of Object.values(shapes)) expect(each.one(TARGETS).inputs.name).toBeUndefined();
  });

  test("leaves AWS free to name the second balancer, and takes the first one's protection away", () => {
    for (const each of Object.values(shapes)) {
      expect(each.one(LOAD_BALANCER).inputs.name).toBeUndefined();
      expect(each.one(LOAD_BALANCER).inputs.enableDeletionProtection).toBe(true);
      const { arn } = each.one(DYNAMIC, "AlbProtection").inputs;
      expect(arn).toContain(each.one(LOAD_BALANCER).name);
    }
  });
});

test("a stage that is not kept has no edge unless it asks, and nothing to protect", async () => {
  const resources = new Resources((await runProgram({ stage: "ada" })).resources);
  expect(resources.of(DISTRIBUTION)).toEqual([]);
  expect(resources.of(DYNAMIC).map((each) => each.name)).not.toContain("AlbProtection");
  expect(entranceOf({ ...stageOf("ada"), edge: true })).toBe("edge");
});

test.each<[Partial<Stage>, string]>([
  [
    { edge: false },
    'without it a stage that is kept needs a "domain", or "http: true" for a trial',
  ],
  [{ edge: true, http: true }, 'with "domain" or "edge" there is HTTPS'],
  [{ domain: DOMAIN, http: true }, 'with "domain" or "edge" there is HTTPS'],
  [{ certificate: ARN }, 'it needs the "domain" that it is for'],
  [{ domain: DOMAIN, certificate: "mine" }, 'it must be like "arn:aws:acm:'],
  [
    { domain: DOMAIN, edge: true, certificate: ARN.replace("us-east-1", "eu-west-1") },
    'with "edge" it must be of us-east-1, where CloudFront looks',
  ],
  [
    { domain: DOMAIN, certificate: ARN, dns: { provider: "cloudflare" } },
    'with "dns" a certificate is made',
  ],
  [{ dns: { provider: "cloudflare" } }, 'it needs the "domain" whose zone it is'],
  [
    { domain: DOMAIN, dns: { provider: "vercel", zone: "example.org" } },
    'it must have the zone that "domain" is in',
  ],
  [{ domain: DOMAIN, dns: { provider: "gandi" } as never }, "it must be like {"],
  [{ edge: "yes" as never }, "it must be true or false"],
])("%j is refused", (options, problem) => {
  stages.kept = { ...stages.prod, ...options };
  expect(() => stageOf("kept")).toThrow(problem);
});
