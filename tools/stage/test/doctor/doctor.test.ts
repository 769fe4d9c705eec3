/** What `npm run doctor` says of an account: of a good one, and with each fault put in. */
import { execFile } from "node:child_process";
import {
  CodeStarConnectionsClient,
  CreateConnectionCommand,
} from "@aws-sdk/client-codestar-connections";
import { CreateVpcCommand, RunInstancesCommand } from "@aws-sdk/client-ec2";
import {
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
} from "@aws-sdk/client-iam";
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  Route53Client,
} from "@aws-sdk/client-route-53";
import { DeleteBucketCommand } from "@aws-sdk/client-s3";
import { DeleteParameterCommand } from "@aws-sdk/client-ssm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { boundaryGrants } from "../../../../infra/policies/deployer.ts";
import { policyOf } from "../../../../infra/policies/grant.ts";
import { type Stage, stages } from "../../../../infra/stages.ts";
import { examine, type Said } from "../../doctor/examine.ts";
import { type Account, type Credentials, openAccount } from "./account.ts";

const dns = vi.hoisted(() => ({ servers: [] as string[] | Error }));
vi.mock("node:dns/promises", () => ({
  Resolver: class {
    async resolveNs() {
      if (dns.servers instanceof Error) throw dns.servers;
      return dns.servers;
    }
  },
}));
// A graph takes a process and seconds; tests that differ in the account alone share one.
vi.mock("../../graph.ts", async (original) => {
  const { resourceGraph } = await original<typeof import("../../graph.ts")>();
  const known = new Map<string, ReturnType<typeof resourceGraph>>();
  return {
    resourceGraph: (...args: Parameters<typeof resourceGraph>) => {
      const key = JSON.stringify(args);
      const graph = known.get(key) ?? resourceGraph(...args);
      known.set(key, graph);
      return graph;
    },
  };
});

const STAGE = "prod";
const DOMAIN = "api.steadfast.example";
const ORIGINAL = { ...stages[STAGE] };

let account: Account;
beforeAll(async () => {
  account = await openAccount();
}, 300_000);
afterAll(() => account?.close());
beforeEach(async () => {
  await account.reset();
  vi.stubEnv("AWS_ENDPOINT_URL", account.endpoint);
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  vi.stubEnv("AWS_REGION", "us-east-1");
  logIn({ AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "x" });
  dns.servers = [];
});
afterEach(() => {
  stages[STAGE] = ORIGINAL;
  vi.unstubAllEnvs();
});

function logIn(credentials: Credentials): void {
  for (const [name, value] of Object.entries(credentials)) vi.stubEnv(name, value);
}
const choose = (choices: Partial<Stage>) => {
  stages[STAGE] = { ...ORIGINAL, ...choices };
};
const said = () => examine(STAGE, () => {});
const of = (findings: readonly Said[], outcome: Said["outcome"]) =>
  findings
    .filter((each) => each.outcome === outcome)
    .map(({ check, found, todo }) => `${check}: ${found}${todo ? ` → ${todo}` : ""}`);
const faults = async () => of(await said(), "fault");
const notes = async () => of(await said(), "note");

describe("an account in which a deploy works", () => {
  test("has no fault, and each check says what it found", async () => {
    logIn(await account.deployer());
    for (const name of ["AutoScaling", "ElasticLoadBalancing"])
      await account.cloud.iam.send(
        new CreateRoleCommand({
          RoleName: `AWSServiceRoleFor${name}`,
          Path: "/aws-service-role/",
          AssumeRolePolicyDocument: "{}",
        }),
      );
    await account.bootstrap(["ada"]);
    const findings = await said();
    expect(of(findings, "fault")).toEqual([]);
    expect(of(findings, "note")).toEqual([]);
    expect(of(findings, "ok")).toEqual([
      "credentials: user/deployer of account 123456789012",
      "region: us-east-1",
      "access stack: the boundary steadfast-boundary is there",
      expect.stringMatching(/^rights: all \d{3} calls of a deploy are allowed$/),
      "vCPU quota: 64 vCPUs on demand, 0 used by others; the stage needs 4 to 12",
      "instance types: t4g.micro in 5 zones, t4g.small in 5 zones",
      "network: 1 of 5 VPCs are in use, the stage takes 1",
      "service-linked roles: there for autoscaling.amazonaws.com, elasticloadbalancing.amazonaws.com",
      "SST's state: stage prod is new; other stages: ada",
      "domain: none: the balancer's own name",
      "pipeline: none",
    ]);
  });

  test("may be empty: what AWS and SST make by themselves is no fault", async () => {
    expect(await faults()).toEqual([]);
    expect(await notes()).toContainEqual(expect.stringMatching(/^service-linked roles: AWS makes/));
  });

  test("may have a quota with which one instance less serves during a deploy", async () => {
    await account.reset({ "L-1216C47A": 5 });
    expect(await faults()).toEqual([]);
    expect(await notes()).toContainEqual(
      "vCPU quota: 5 vCPUs on demand, 0 used by others; the stage needs 4, and has an instance less while a deploy replaces it → " +
        "aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-1216C47A --desired-value 6 --region us-east-1",
    );
  });
});

describe("a fault in the account is found", () => {
  test("credentials that are missing; nothing else is asked then", async () => {
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"])
      vi.stubEnv(name, undefined);
    for (const name of ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"])
      vi.stubEnv(name, "/dev/null");
    expect(await faults()).toEqual([
      expect.stringMatching(
        /^credentials: CredentialsProviderError: .* → log in as for the AWS CLI/,
      ),
    ]);
  });

  test("a region that AWS does not have", async () => {
    vi.stubEnv("AWS_REGION", "xx-nowhere-1");
    expect(await faults()).toContainEqual(
      expect.stringMatching(/^region: AWS has no region xx-nowhere-1 → set AWS_REGION/),
    );
  });

  test("rights that are missing, by their names", async () => {
    logIn(await account.deployer(/network/));
    expect(await faults()).toEqual([
      expect.stringMatching(
        /^rights: .*ec2:CreateVpc.* and \d+ more not allowed, of \d+ calls of a deploy → attach the policies/,
      ),
    ]);
  });

  test("an access stack that nobody has deployed", async () => {
    const PolicyArn = "arn:aws:iam::123456789012:policy/access/steadfast-boundary";
    await account.cloud.iam.send(new DeletePolicyCommand({ PolicyArn }));
    expect(await faults()).toEqual([
      "access stack: the boundary steadfast-boundary is missing → deploy the access stack, once an account: docs/deploy.md",
    ]);
  });

  test("an access stack of before: a deploy goes on, but roles lack what is new", async () => {
    const PolicyArn = "arn:aws:iam::123456789012:policy/access/steadfast-boundary";
    const { Metrics: _, ...before } = boundaryGrants()["steadfast-boundary"] ?? {};
    const PolicyDocument = JSON.stringify(policyOf(before));
    await account.cloud.iam.send(
      new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }),
    );
    expect(await faults()).toEqual([]);
    expect(await notes()).toContainEqual(
      "access stack: the boundary steadfast-boundary is of another version of the project, or of its stages → deploy the access stack, once an account: docs/deploy.md",
    );
  });

  test("a quota that is too small for the first deploy", async () => {
    await account.reset({ "L-1216C47A": 3 });
    expect(await faults()).toEqual([
      expect.stringMatching(
        /^vCPU quota: 3 vCPUs on demand, 0 used by others; the stage needs 4 → aws service-quotas .*--desired-value 6/,
      ),
    ]);
  });

  test("a quota that is too small for the second deploy, where no instance may be missing", async () => {
    await account.reset({ "L-1216C47A": 5 });
    choose({ leastServing: 2 });
    expect(await faults()).toEqual([
      expect.stringMatching(
        /^vCPU quota: 5 vCPUs on demand.*; the stage needs 4, and its second deploy 6 → .*leastServing/,
      ),
    ]);
  });

  test("a quota that others use up", async () => {
    await account.reset({ "L-1216C47A": 7 });
    await account.cloud.ec2.send(
      new RunInstancesCommand({
        ImageId: "ami-12c6146b",
        InstanceType: "t3.xlarge",
        MinCount: 1,
        MaxCount: 1,
      }),
    );
    expect(await faults()).toEqual([
      expect.stringMatching(
        /^vCPU quota: 7 vCPUs on demand, 4 used by others; the stage needs 4 →/,
      ),
    ]);
  });

  test("the quota of Spot instances, which is another", async () => {
    await account.reset({ "L-34B43A08": 1 });
    choose({ spot: { base: 1, percent: 100 } });
    expect(await faults()).toEqual([
      expect.stringMatching(
        /^vCPU quota: 1 vCPUs Spot, 0 used by others; the stage needs 2 →.*L-34B43A08/,
      ),
    ]);
  });

  test("instance types that too few zones have", async () => {
    choose({ instances: ["hpc7g.4xlarge"] });
    expect(await faults()).toContainEqual(
      expect.stringMatching(
        /^instance types: hpc7g.4xlarge of Api is in 1 zones of us-east-1; 2 are needed → choose other/,
      ),
    );
  });

  test("no room for another network", async () => {
    for (const index of [1, 2, 3, 4])
      await account.cloud.ec2.send(new CreateVpcCommand({ CidrBlock: `10.${index}.0.0/16` }));
    expect(await faults()).toEqual([
      expect.stringMatching(
        /^network: 5 of 5 VPCs are in use, the stage takes 1 → aws service-quotas .*--quota-code L-F678F1CE --desired-value 6/,
      ),
    ]);
  });

  test("no room for the addresses of NAT gateways", async () => {
    await account.reset({ "L-0263D0A3": 1 });
    choose({ nat: "managed" });
    expect(await faults()).toEqual([
      expect.stringMatching(/^network: 0 of 1 elastic addresses are in use, the stage takes 2 →/),
    ]);
  });

  test("SST's bucket, of which its settings speak, is gone", async () => {
    await account.bootstrap([]);
    await account.cloud.s3.send(new DeleteBucketCommand({ Bucket: "sst-asset-abc" }));
    expect(await faults()).toEqual([
      expect.stringMatching(/^SST's state: bucket sst-asset-abc is gone, .* → .*delete-parameter/),
    ]);
  });

  test("the passphrase of the stage's state is gone", async () => {
    await account.bootstrap([STAGE]);
    const Name = `/sst/passphrase/steadfast/${STAGE}`;
    await account.cloud.ssm.send(new DeleteParameterCommand({ Name }));
    expect(await faults()).toEqual([
      expect.stringMatching(/^SST's state: the passphrase of stage prod is gone/),
    ]);
  });

  test("a stage that is locked", async () => {
    await account.bootstrap([STAGE], [`lock/steadfast/${STAGE}.json`]);
    expect(await faults()).toEqual([
      expect.stringMatching(
        /^SST's state: stage prod is locked since .* → .*npx sst unlock --stage prod$/,
      ),
    ]);
  });
});

describe("a fault of the domain is found", () => {
  const route53 = () =>
    new Route53Client({
      region: "us-east-1",
      endpoint: account.endpoint,
      credentials: { accessKeyId: "x", secretAccessKey: "x" },
    });
  async function zone(): Promise<{ id: string; servers: string[] }> {
    const { HostedZone, DelegationSet } = await route53().send(
      new CreateHostedZoneCommand({ Name: "steadfast.example", CallerReference: "1" }),
    );
    return { id: HostedZone?.Id ?? "", servers: DelegationSet?.NameServers ?? [] };
  }
  beforeEach(() => choose({ domain: DOMAIN }));

  test("none, where the zone is the one that the internet asks", async () => {
    dns.servers = (await zone()).servers;
    const findings = await said();
    expect(of(findings, "fault")).toEqual([]);
    expect(of(findings, "ok")).toContain("domain: zone steadfast.example, which the internet asks");
  });

  test("no zone", async () => {
    expect(await faults()).toEqual([
      expect.stringMatching(
        /^domain: no public Route 53 zone of this account fits api.steadfast.example → aws route53 create-hosted-zone/,
      ),
    ]);
  });

  test("a zone that the internet does not ask", async () => {
    const { servers } = await zone();
    dns.servers = ["ns1.registrar.example"];
    expect(await faults()).toEqual([
      expect.stringMatching(
        new RegExp(
          `^domain: zone steadfast.example is not the one .*ns1.registrar.example.* → .*${servers[0]}`,
        ),
      ),
    ]);
  });

  test("a record of somebody else", async () => {
    const { id, servers } = await zone();
    dns.servers = servers;
    const record = {
      Name: DOMAIN,
      Type: "A",
      TTL: 60,
      ResourceRecords: [{ Value: "192.0.2.1" }],
    } as const;
    await route53().send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: id,
        ChangeBatch: {
          Changes: [
            {
              Action: "CREATE",
              ResourceRecordSet: { ...record, ResourceRecords: [...record.ResourceRecords] },
            },
          ],
        },
      }),
    );
    expect(await faults()).toEqual([
      expect.stringMatching(
        /^domain: api.steadfast.example has A records that stage prod did not make/,
      ),
    ]);
  });

  test("no internet is no fault of the account", async () => {
    await zone();
    dns.servers = Object.assign(new Error("timeout"), { code: "ETIMEOUT" });
    const findings = await said();
    expect(of(findings, "fault")).toEqual([]);
    expect(of(findings, "note").join()).toContain("could not be found out");
  });
});

describe("a fault of the pipeline's source is found", () => {
  const repository = { repository: "ada/steadfast", branch: "main" };

  test("CodeBuild without a credential", async () => {
    choose({ pipeline: { ...repository, source: { credential: "account" } } });
    expect(await faults()).toEqual([
      expect.stringMatching(/^pipeline: CodeBuild has no credential for GitHub in us-east-1 →/),
    ]);
  });

  test("a connection that nobody has authorised, and one that is gone", async () => {
    const connections = new CodeStarConnectionsClient({
      ...{ region: "us-east-1", endpoint: account.endpoint },
      credentials: { accessKeyId: "x", secretAccessKey: "x" },
    });
    const { ConnectionArn = "" } = await connections.send(
      new CreateConnectionCommand({ ProviderType: "GitHub", ConnectionName: "git" }),
    );
    const source = (connection: string) => ({
      pipeline: { ...repository, source: { connection } },
    });
    choose(source(ConnectionArn));
    expect(await faults()).toEqual([
      "pipeline: connection git is pending → authorise it: https://us-east-1.console.aws.amazon.com/codesuite/settings/connections",
    ]);
    choose(source(ConnectionArn.replace(/[^/]+$/, "00000000-0000-4000-8000-000000000000")));
    expect(await faults()).toEqual([
      expect.stringMatching(/^pipeline: there is no arn:aws:codeco/),
    ]);
  });

  test("a secret that is not there", async () => {
    const secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:token-abcdef";
    choose({ pipeline: { ...repository, source: { secret } } });
    expect(await faults()).toEqual([
      expect.stringMatching(/^pipeline: there is no secret arn:aws:secretsmanager/),
    ]);
  });

  test("a new connection is no fault, but somebody has to authorise it", async () => {
    choose({ pipeline: { ...repository, source: { connection: "new" } } });
    expect(await notes()).toContainEqual(
      expect.stringMatching(/^pipeline: a new connection waits after the deploy/),
    );
  });
});

describe("the command", () => {
  const doctor = (...args: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, ["tools/stage/doctor.ts", ...args], (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
      );
    });

  test("prints a line a check and ends with 0", async () => {
    const { code, stdout } = await doctor("--stage", "ada");
    expect(stdout).toMatch(
      /^✓ credentials: user\/moto of account 123456789012\n✓ region: us-east-1\n/,
    );
    expect(stdout).toMatch(/\nStage ada can be deployed\.\n$/);
    expect(code).toBe(0);
  });

  test("ends with 1 when a deploy would fail, and prints JSON alone when asked", async () => {
    await account.reset({ "L-1216C47A": 1 });
    const { code, stdout } = await doctor("--stage", "ada", "--json");
    const { stage, deployable, findings } = JSON.parse(stdout);
    expect({ stage, deployable }).toEqual({ stage: "ada", deployable: false });
    expect(findings.find(({ outcome }: Said) => outcome === "fault")).toMatchObject({
      check: "vCPU quota",
      todo: expect.stringContaining("aws service-quotas request-service-quota-increase"),
    });
    expect(code).toBe(1);
  });
});
