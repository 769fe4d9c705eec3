/** The rehearsal's own parts: what it reads, prints, copies and ends. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { renderUserData } from "sst-ec2/helpers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { copyCheckout } from "../../common/checkout.ts";
import { CommandFailed, isGroupAlive, Processes } from "../../common/processes.ts";
import { Steps } from "../../common/steps.ts";
import { plainName, readBootPlan } from "../checks/boot-plan.ts";
import { only, present, same } from "../checks/expect.ts";
import { compareFindings, type ReportLine } from "../deploy/report.ts";
import { changes, environment, reason } from "../deploy/sst.ts";

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "rehearsal-test-")));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the report", () => {
  const lines: ReportLine[] = [
    { kind: "call", service: "ec2", operation: "CreateVpc" },
    { kind: "difference", urn: "a::b::C::Both", changes: {} },
    { kind: "warning", urn: "a::b::C::Bucket", warning: "deprecated" },
    {
      kind: "recorded",
      type: "aws:cloudwatch/compositeAlarm:CompositeAlarm",
      urn: "a::b::C::Both",
    },
    {
      kind: "property-not-sent",
      type: "aws:lb/loadBalancer:LoadBalancer",
      property: "a",
      urn: "u",
    },
    { kind: "failed", urn: "urn:pulumi:x::app::aws:s3::Bucket", error: "no" },
  ];
  const recorded = "kept in state only: aws:cloudwatch/compositeAlarm:CompositeAlarm";

  test("tells known findings from new ones", () => {
    expect(compareFindings(lines, [{ finding: recorded, why: "moto has none" }])).toEqual({
      known: [recorded],
      unknown: [
        "failed: Bucket: no",
        "not sent: aws:lb/loadBalancer:LoadBalancer a",
        "warning: Bucket: deprecated",
      ],
      stale: [],
    });
  });

  test("names what is listed but does not come up any more", () => {
    expect(compareFindings([], [{ finding: "gone", why: "" }]).stale).toEqual(["gone"]);
  });
});

describe("SST's output", () => {
  test("is read for the resources that were changed", () => {
    const output = [
      "~  Deploy",
      "|  Updated     Api steadfast:aws:Asg → ApiGroup aws:autoscaling:Group",
      "|  Created     Web sst:sst:DevCommand (3.1s)",
      "✓  Complete    ",
    ].join("\n");
    expect(changes(output)).toEqual([
      { action: "Updated", resource: "Api steadfast:aws:Asg → ApiGroup aws:autoscaling:Group" },
      { action: "Created", resource: "Web sst:sst:DevCommand" },
    ]);
  });

  test.each([
    [
      "~  Deploy\n\n✕  Failed    \n\nBucket aws:s3\nno such thing\n\nView more in the console: x",
      "Bucket aws:s3 no such thing",
    ],
    ["SST 3\n\n✕  No secrets found\n", "SST 3 ✕  No secrets found"],
  ])("is read for why it failed", (output, why) => {
    expect(reason(output)).toBe(why);
  });
});

test("no variable that leads to an account reaches SST", () => {
  process.env.AWS_PROFILE = "production";
  const env = environment("http://127.0.0.1:1", {});
  delete process.env.AWS_PROFILE;
  expect(env).not.toHaveProperty("AWS_PROFILE");
  expect(env).toMatchObject({ AWS_ENDPOINT_URL: "http://127.0.0.1:1", HOME: process.env.HOME });
});

test("the plan of a boot is read from user data as it is rendered", () => {
  const archive = (name: string) => ({ key: `${name}.tar.gz`, sha256: name.repeat(64) });
  const plan = {
    bucket: "artifacts",
    runtime: archive("a"),
    app: archive("b"),
    parameters: ["/app/stage/links:3", "/app/stage/more"],
  };
  const userData = renderUserData({
    service: "api",
    region: "us-east-1",
    ...plan,
    start: ["$RUNTIME/bin/node", "$APP/start.mjs"],
    healthPath: "/health/ready",
    linksParameters: plan.parameters,
    environment: {},
    port: 3000,
    drainSeconds: 30,
  });
  expect(readBootPlan(userData)).toEqual(plan);
  expect(plan.parameters.map(plainName)).toEqual(["/app/stage/links", "/app/stage/more"]);
});

test("expectations name what is missing or different", () => {
  expect(() => only(["a", "b"], "listener")).toThrow("one listener expected, found 2");
  expect(() => present("", "table")).toThrow("table is missing");
  expect(() => same({ a: 1 }, { a: 2 }, "a")).toThrow('a: found {"a":1}, expected {"a":2}');
  expect(() => same([1], [1], "a")).not.toThrow();
});

describe("steps", () => {
  const written: string[] = [];
  const out = new Writable({
    write(text, _encoding, done) {
      written.push(String(text));
      done();
    },
  }) as NodeJS.WriteStream;
  beforeEach(() => void written.splice(0));

  test("print one plain line each where there is no terminal", async () => {
    expect(await new Steps(out).run("deploy", async () => 7)).toBe(7);
    expect(written).toEqual([expect.stringMatching(/^✓ deploy +\d+\.\d s\n$/)]);
  });

  test("print their failure, and pass it on", async () => {
    const failing = new Steps(out).run("deploy", () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect(written).toEqual([expect.stringMatching(/^✗ deploy/)]);
  });
});

describe("processes", () => {
  const options = () => ({ cwd: folder, env: process.env, log: join(folder, "log") });

  test("give their output, both streams", async () => {
    const processes = new Processes(new AbortController().signal);
    const output = await processes.run("sh", ["-c", "echo out; echo err >&2"], options());
    expect(output).toBe("out\nerr\n");
  });

  test("fail with their code and output", async () => {
    const processes = new Processes(new AbortController().signal);
    const error = await processes
      .run("sh", ["-c", "echo why; exit 3"], options())
      .catch((each) => each);
    expect(error).toBeInstanceOf(CommandFailed);
    expect(error).toMatchObject({
      message: "sh -c echo why; exit 3 ended with code 3",
      output: "why\n",
    });
  });

  test("end with their children when the run is interrupted", async () => {
    const interruption = new AbortController();
    const processes = new Processes(interruption.signal);
    const script = "sleep 60 & echo $$ >leader; touch begun; wait";
    const running = processes.run("sh", ["-c", script], options());
    while (!existsSync(join(folder, "begun"))) await sleep(10);
    const leader = Number(await readFile(join(folder, "leader"), "utf8"));
    expect(await isGroupAlive(leader)).toBe(true);
    interruption.abort(new Error("interrupted"));
    await expect(running).rejects.toThrow("interrupted");
    await processes.stopAll();
    await expect.poll(() => isGroupAlive(leader)).toBe(false);
  });
});

describe("a command", () => {
  /** Starts a process that takes a while to end, as a command does, and says its id. */
  const script = () => `
    import { command } from "${join(import.meta.dirname, "../deploy/command.ts")}";
    await command("example", "usage", async ([fails], { processes }) => {
      const options = { cwd: ".", env: process.env, log: "log" };
      const lingers = "trap 'sleep 1; exit' TERM; sleep 600 & wait";
      const child = processes.start("bash", ["-c", lingers], options);
      console.info(child.pid);
      if (fails) throw new Error("it failed");
      await processes.run("sleep", ["600"], { ...options, log: "other" });
    });`;

  async function run(...args: string[]) {
    await writeFile(join(folder, "command.ts"), script());
    const child = spawn(process.execPath, [join(folder, "command.ts"), ...args], { cwd: folder });
    const [line] = await once(child.stdout, "data");
    return { child, started: Number(String(line)) };
  }

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "ends what it started after %s, also when that comes twice, with 130",
    async (signal) => {
      const { child, started } = await run();
      expect(await isGroupAlive(started)).toBe(true);
      let said = "";
      child.stderr.on("data", (text) => (said += text));
      const ended = once(child, "close");
      child.kill(signal);
      await sleep(20);
      child.kill(signal);
      expect(await ended).toEqual([130, null]);
      expect(said).toBe(`example: interrupted by ${signal}\n`);
      expect(await isGroupAlive(started)).toBe(false);
    },
  );

  test("ends what it started when it fails, with 1", async () => {
    const { child, started } = await run("fails");
    expect(await once(child, "exit")).toEqual([1, null]);
    expect(await isGroupAlive(started)).toBe(false);
  });
});

test("the copy of the checkout has its files, and workspaces of its own", async () => {
  await copyCheckout(folder);
  const copied = await readFile(join(folder, "package.json"), "utf8");
  expect(copied).toBe(await readFile("package.json", "utf8"));
  expect(existsSync(join(folder, ".git"))).toBe(false);
  const core = await realpath(join(folder, "node_modules/@steadfast/core"));
  expect(core).toBe(join(folder, "packages/core"));
  const vitest = await realpath(join(folder, "node_modules/vitest"));
  expect(vitest).toBe(await realpath("node_modules/vitest"));
});
