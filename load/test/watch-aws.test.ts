/** Watching a deployed stage, against an emulated account. */
import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { AutoScaling, SetDesiredCapacityCommand } from "@aws-sdk/client-auto-scaling";
import { CloudWatch, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import { S3Client } from "@aws-sdk/client-s3";
import { SSMClient } from "@aws-sdk/client-ssm";
import { startStack } from "@steadfast/local";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { root } from "../../tools/common/root.ts";
import { environment } from "../../tools/rehearsal/deploy/sst.ts";
import { type OwnEmulator, startOwnEmulator } from "../../tools/rehearsal/test/support/emulator.ts";
import { installPlatform } from "../../tools/stage/graph/platform.ts";
import { type Account, watchAws } from "../runner/watch/aws.ts";
import type { Watcher } from "../runner/watch/watcher.ts";
import { deployGroup, putState } from "./support/stage.ts";
import { hasK6, hasPython } from "./support/tools.ts";

/** Exit code of a run with a broken threshold. */
const BROKEN_PROMISE = 99;

let emulator: OwnEmulator;
interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

let connect: () => Account;
let endpoint: string;
let options: { endpoint: string; region: string; credentials: Credentials };
let loadBalancer: string;
let watcher: Watcher;

function put(namespace: string, metric: string, [Name, Value]: [string, string], value: number) {
  return connect().cloudWatch.send(
    new PutMetricDataCommand({
      Namespace: namespace,
      MetricData: [
        {
          MetricName: metric,
          Dimensions: [{ Name, Value }],
          Timestamp: new Date(Date.now() - 60_000),
          Value: value,
        },
      ],
    }),
  );
}

/** `npm run load` with AWS at the emulator. @returns what it said */
async function load(...args: string[]): Promise<string> {
  const env = environment(endpoint, {
    SST_SKIP_DEPENDENCY_CHECK: "1",
    SST_NO_BUN: "1",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  });
  const PATH = [join(root, "node_modules/.bin"), process.env.PATH].join(delimiter);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(root, "load/runner/load.ts"), ...args],
    { cwd: root, env: { ...env, PATH }, maxBuffer: 64 * 1024 * 1024 },
  ).catch((error) => {
    // The API's promises are not tested here: a busy machine may break them.
    if (error.code === BROKEN_PROMISE) return error as { stdout: string };
    throw error;
  });
  return stdout;
}

describe.skipIf(!hasPython)("in an emulated account", () => {
  beforeAll(async () => {
    emulator = await startOwnEmulator();
    endpoint = emulator.endpoint;
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    options = { endpoint, region: "us-east-1", credentials };
    connect = () => ({
      autoScaling: new AutoScaling(options),
      balancing: new ElasticLoadBalancingV2(options),
      cloudWatch: new CloudWatch(options),
    });
    loadBalancer = await deployGroup(connect(), new EC2Client(options));
    watcher = await watchAws(connect(), "steadfast", "ada");
  }, 300_000);

  afterAll(async () => {
    watcher?.close();
    await emulator?.close();
  });

  test("shows the group that serves and the targets behind the balancer", async () => {
    expect(await watcher.read()).toEqual({ desired: 2, inService: 2, healthy: 2 });
  });

  test("follows the group when it grows", async () => {
    await connect().autoScaling.send(
      new SetDesiredCapacityCommand({
        AutoScalingGroupName: "steadfast-ada-Api",
        DesiredCapacity: 4,
      }),
    );
    expect(await watcher.read()).toMatchObject({ desired: 4, inService: 4, healthy: 4 });
  });

  test("adds CPU and 5xx of instances and balancer as soon as CloudWatch has them", async () => {
    await put("AWS/EC2", "CPUUtilization", ["AutoScalingGroupName", "steadfast-ada-Api"], 61.5);
    await put("AWS/EC2", "CPUUtilization", ["AutoScalingGroupName", "steadfast-ada-Worker"], 5);
    const balancer: [string, string] = ["LoadBalancer", loadBalancer];
    await put("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", balancer, 3);
    await put("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", balancer, 4);
    expect(await watcher.read()).toMatchObject({ cpu: 61.5, errors: 7 });
  });

  test.skipIf(!hasK6)(
    "a run against a stage says every 15 s how the group does, and draws it beside the requests",
    async () => {
      await installPlatform();
      const stack = await startStack();
      onTestFinished(() => stack.stop());
      const clients = {
        s3: new S3Client({ ...options, forcePathStyle: true }),
        ssm: new SSMClient(options),
      };
      await putState(clients, "ada", { url: stack.url });
      const said = await load(
        "classic",
        "--stage",
        "ada",
        "--vus",
        "5",
        "--duration",
        "22s",
        "--slack",
        "10",
      );
      expect(said).toMatch(
        /5 users, [\d.]+ requests\/s, desired 4, in service 4, healthy targets 4, CPU 62 %, 5xx 7 \/min/,
      );
      const folder = join(root, said.match(/^Report: (\S+)\/ /m)?.[1] ?? "");
      onTestFinished(() => rm(folder, { recursive: true }));
      expect(await readFile(join(folder, "summary.md"), "utf8")).toContain(
        `- Target: ${stack.url} (stage ada)`,
      );
      const html = await readFile(join(folder, "report.html"), "utf8");
      const titles = [...html.matchAll(/aria-label="y-axis label"[^>]*><text[^>]*>([^<]+)</g)].map(
        ([, title]) => title,
      );
      expect(titles).toEqual(["Requests, /s", "Instances", "CPU of the group, %", "5xx, /min"]);
    },
    300_000,
  );

  test("says that a stage has no group", async () => {
    await expect(watchAws(connect(), "steadfast", "bob")).rejects.toThrow(
      "Stage bob has no Auto Scaling group of steadfast in this account and region.",
    );
  });
});
