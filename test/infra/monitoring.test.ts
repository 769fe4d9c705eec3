/** Alarms, messages, budget, logs: who is told, and what an operator finds about it. */

import { readFileSync } from "node:fs";
import {
  REMOVALS_STAND_STILL,
  TURNED_AWAY,
  UNANSWERED_BY_DYNAMODB,
} from "@steadfast/api/log-filters";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Stage, stages } from "../../infra/stages.ts";
import { runProgram } from "../../tools/stage/graph/program.ts";
import { Resources } from "./support/resources.ts";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter";
const COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm";
const RULE = "aws:cloudwatch/eventRule:EventRule";

async function deploy(change: Partial<Stage> = {}, base = "prod") {
  stages.watched = { ...stages[base], ...change };
  return new Resources((await runProgram({ stage: "watched" })).resources);
}

// After a program, which makes the globals that the library's components need.
let events: typeof import("../../infra/monitoring/events.ts");
beforeAll(async () => {
  await deploy();
  events = await import("../../infra/monitoring/events.ts");
});
afterAll(() => {
  delete stages.watched;
});

/** The agent's configuration in the user data. */
const configOf = (resources: Resources) =>
  JSON.parse(/\/agent\.json" <<'EOF'\n(.+)\n/.exec(resources.userData())?.[1] ?? "");

/** An alarm's name in the docs: without app and stage. */
const plainName = (name: string) => name.replace(/^steadfast-watched-/, "");

let prod: Resources;
beforeAll(async () => {
  prod = await deploy({
    alarmEmails: ["ops@example.com", "night@example.com"],
    monthlyBudget: 60,
    logRetention: "90 days",
  });
});

describe("DynamoDB away", () => {
  test("is counted in the API's log and told of, for the instances stay healthy", () => {
    const { inputs } = prod.one(FILTER, "ApiDynamoDbUnanswered");
    expect(inputs).toMatchObject({
      logGroupName: "/steadfast/watched/api",
      pattern: UNANSWERED_BY_DYNAMODB,
      metricTransformation: { value: "1" },
    });
    const { name, namespace } = inputs.metricTransformation;
    expect(prod.one(ALARM, "DynamoDbAway").inputs).toMatchObject({
      ...{ namespace, metricName: name },
      ...{ statistic: "Sum", period: 60, threshold: 5, evaluationPeriods: 2 },
      alarmActions: [expect.stringContaining("Alarms")],
    });
  });

  test("is not counted where there is no log to count in", async () => {
    const without = await deploy({ logs: false });
    expect(without.of(FILTER)).toEqual([]);
    const names = without.of(ALARM).map(({ name }) => plainName(name));
    expect(names.filter((name) => /Away|StandStill/.test(name))).toEqual([]);
  });
});

describe.each([
  ["PasswordsTurnedAway", TURNED_AWAY, { value: "1" }, { statistic: "Sum", threshold: 5 }],
  [
    "RemovalsStandStill",
    REMOVALS_STAND_STILL,
    { value: "$.seconds" },
    { statistic: "Maximum", threshold: 900 },
  ],
] as const)("%s", (name, pattern, transformation, alarm) => {
  test("is read from the API's log and told of, and rolls nothing back", () => {
    const { inputs } = prod.one(FILTER, `Api${name}`);
    expect(inputs).toMatchObject({
      ...{ logGroupName: "/steadfast/watched/api", pattern },
      metricTransformation: transformation,
    });
    const { name: metricName, namespace } = inputs.metricTransformation;
    expect(prod.one(ALARM, name).inputs).toMatchObject({
      ...{ namespace, metricName, ...alarm },
      alarmActions: [expect.stringContaining("Alarms")],
    });
    const { preferences } = prod.one("aws:autoscaling/group:Group").inputs.instanceRefresh ?? {};
    expect(JSON.stringify(preferences ?? {})).not.toContain(name);
    expect(prod.one(COMPOSITE).inputs.alarmRule).not.toContain(name);
  });
});

describe("the topic", () => {
  test("has every address of the stage", () => {
    const { name } = prod.one("aws:sns/topic:Topic");
    expect(
      prod.of("aws:sns/topicSubscription:TopicSubscription").map(({ inputs }) => inputs),
    ).toEqual(
      ["ops@example.com", "night@example.com"].map((endpoint) =>
        expect.objectContaining({
          protocol: "email",
          endpoint,
          topic: expect.stringContaining(name),
        }),
      ),
    );
  });

  test("lets alarms and budgets of this account speak, and events, and nobody else", () => {
    const policies = prod.of("aws:sns/topicPolicy:TopicPolicy");
    expect(policies).toHaveLength(1);
    const publish = (...services: string[]) => ({
      Effect: "Allow",
      Action: ["sns:Publish"],
      Resource: [expect.stringContaining("Alarms")],
      Principal: { Service: services.map((service) => `${service}.amazonaws.com`) },
    });
    expect(JSON.parse(policies[0]?.inputs.policy).Statement).toEqual([
      {
        ...publish("cloudwatch", "budgets"),
        Condition: { StringEquals: { "aws:SourceAccount": ["123456789012"] } },
      },
      // EventBridge publishes through no statement with a condition.
      publish("events"),
    ]);
  });

  test("is there for later subscribers where a stage is watched, and not where it is not", async () => {
    const topics = async (...stage: Parameters<typeof deploy>) =>
      (await deploy(...stage)).of("aws:sns/topic:Topic").length;
    expect(await topics()).toBe(1);
    expect(await topics({ alarmEmails: ["me@example.com"] }, "ada")).toBe(1);
    expect(await topics({}, "ada")).toBe(0);
  });
});

describe("every alarm", () => {
  /** Those that make a group grow are nobody's business. */
  const isScaling = ({ name }: { name: string }) => plainName(name) === "ApiSurge";

  test("tells somebody, or is part of one that does, or makes the group grow", () => {
    const composite = prod.one(COMPOSITE).inputs;
    const topic = [expect.stringContaining("Alarms")];
    expect(composite).toMatchObject({ alarmActions: topic, okActions: topic });
    expect(prod.of(ALARM).filter(isScaling)).toHaveLength(1);
    for (const { name, inputs } of prod.of(ALARM).filter((alarm) => !isScaling(alarm))) {
      const isMember = composite.alarmRule.includes(`ALARM("${name}-`);
      expect(inputs.alarmActions, name).toEqual(isMember ? [] : topic);
      expect(inputs.okActions, name).toEqual(isMember ? [] : topic);
    }
  });

  test("says what it means, and what it makes of missing data", () => {
    const states = Object.fromEntries(
      prod.of(ALARM).map(({ name, inputs }) => [plainName(name), inputs.treatMissingData]),
    );
    expect(states).toEqual({
      ApiErrors: "notBreaching",
      ApiSick: "notBreaching",
      ApiSlow: "notBreaching",
      ApiBalancer: "notBreaching",
      ApiCpu: "ignore",
      ApiSurge: "notBreaching",
      ApiMemory: "missing",
      ApiAtMost: "ignore",
      TablesThrottled: "notBreaching",
      DynamoDbAway: "notBreaching",
      PasswordsTurnedAway: "notBreaching",
      RemovalsStandStill: "notBreaching",
      TablesFailing: "notBreaching",
    });
    for (const { inputs } of prod.of(ALARM)) expect(inputs.alarmDescription).toMatch(/\w+ \w+/);
  });

  test("looks at something that is there", () => {
    const group = prod.one("aws:autoscaling/group:Group").inputs;
    const metrics = prod.of(ALARM).map(({ inputs }) => inputs);
    const find = (name: string) => metrics.find((each) => each.metricName === name);
    expect(group.enabledMetrics).toContain(find("GroupDesiredCapacity")?.metricName);
    for (const name of ["GroupDesiredCapacity", "CPUUtilization", "mem_used_percent"])
      expect(find(name)?.dimensions).toEqual({ AutoScalingGroupName: group.name });
    const config = configOf(prod);
    expect(config.metrics).toMatchObject({
      namespace: find("mem_used_percent")?.namespace,
      metrics_collected: {
        mem: {
          measurement: ["mem_used_percent"],
          append_dimensions: { AutoScalingGroupName: group.name },
        },
      },
    });
  });

  test("on the tables is one query over all of them", () => {
    const tables = prod.of("aws:dynamodb/table:Table").map((each) => each.inputs.name ?? each.name);
    const [throttled] = prod.of(ALARM).filter(({ name }) => name.endsWith("TablesThrottled"));
    const { expression } = throttled?.inputs.metricQueries[0] ?? {};
    expect(expression).toMatch(
      /^SELECT SUM\(ThrottledRequests\) FROM SCHEMA\("AWS\/DynamoDB", Operation, TableName\) WHERE /,
    );
    for (const table of tables) expect(expression).toContain(`TableName = '${table}`);
  });
});

describe("the composite alarm", () => {
  test("is over what clients see; a rollout watches the same, each by itself", () => {
    const { inputs } = prod.one(COMPOSITE);
    expect(inputs.alarmName).toBe("steadfast-watched-ApiFailing");
    const members = [...inputs.alarmRule.matchAll(/ALARM\("([^"]+)-\w{7}"\)/g)].map(([, name]) =>
      plainName(name),
    );
    expect(members).toEqual(["ApiErrors", "ApiSick", "ApiSlow", "ApiBalancer"]);
    expect(inputs.alarmRule.split(" OR ")).toHaveLength(members.length);
    const { preferences } = prod.one("pulumi-nodejs:dynamic:Resource", "Rollout").inputs;
    // AWS takes metric alarms only.
    const { Alarms } = JSON.parse(preferences).AlarmSpecification;
    expect(Alarms.map((name: string) => `ALARM("${name}")`)).toEqual(
      inputs.alarmRule.split(" OR "),
    );
  });

  test("is not paid for by a stage that is not watched, whose rollouts watch its two alarms", async () => {
    const personal = await deploy({}, "ada");
    expect(personal.of(COMPOSITE)).toEqual([]);
    expect(personal.of(ALARM).map(({ name }) => plainName(name))).toEqual(["ApiErrors", "ApiSick"]);
    const { preferences } = personal.one("pulumi-nodejs:dynamic:Resource", "Rollout").inputs;
    expect(JSON.parse(preferences).AlarmSpecification.Alarms).toHaveLength(2);
  });
});

test("a group that cannot grow has no alarm for being at its most", async () => {
  const fixed = await deploy({ min: 3, max: 3 });
  const names = fixed.of(ALARM).map(({ name }) => plainName(name));
  expect(names).toContain("ApiCpu");
  expect(names).not.toContain("ApiAtMost");
});

describe("the group's messages", () => {
  test("are of its own failures, as a line that says where to read on", () => {
    for (const { name, types, cause } of events.groupEvents("Api")) {
      const rule = prod.one(RULE, name);
      expect(JSON.parse(rule.inputs.eventPattern)).toEqual({
        source: ["aws.autoscaling"],
        "detail-type": types,
        detail: {
          AutoScalingGroupName: ["steadfast-watched-Api"],
          ...(cause && { Cause: [{ wildcard: cause }] }),
        },
      });
      const target = prod.one("aws:cloudwatch/eventTarget:EventTarget", `${name}Target`).inputs;
      expect(target.arn).toContain("Alarms");
      expect(target.rule).toContain(rule.name);
      const { inputPaths, inputTemplate } = target.inputTransformer;
      const text = JSON.parse(inputTemplate);
      const named = [...text.matchAll(/<(\w+)>/g)].map(([, path]) => path);
      expect(new Set(named)).toEqual(new Set(Object.keys(inputPaths)));
      expect(text).toContain(`docs/operations.md, ${name}.`);
      expect(text).not.toContain("\n");
    }
    expect(prod.of(RULE)).toHaveLength(events.groupEvents("Api").length);
  });
});

test("the budget counts what has the stage's tags, and speaks before it is used up", () => {
  const { inputs } = prod.one("aws:budgets/budget:Budget");
  expect(inputs).toMatchObject({
    limitAmount: "60",
    limitUnit: "USD",
    timeUnit: "MONTHLY",
    costFilters: [{ name: "TagKeyValue", values: ["user:app$steadfast", "user:stage$watched"] }],
  });
  expect(
    inputs.notifications.map(
      (each: Record<string, unknown>) => `${each.notificationType} ${each.threshold}`,
    ),
  ).toEqual(["ACTUAL 80", "ACTUAL 100", "FORECASTED 100"]);
  for (const { subscriberSnsTopicArns } of inputs.notifications)
    expect(subscriberSnsTopicArns).toEqual([expect.stringContaining("Alarms")]);
});

describe("docs/operations.md", () => {
  test("has what to do for each alarm and message, and for no other", async () => {
    vi.stubEnv("SST_SECRET_CmcApiKey", "key"); // drop: quotes
    const most = await deploy({
      quotes: true, // drop: quotes
    }).finally(() => vi.unstubAllEnvs());
    const made = [
      ...most
        .of(ALARM)
        .map(({ name }) => plainName(name))
        .filter((name) => name !== "ApiSurge"),
      ...prod.of(COMPOSITE).map(({ inputs }) => plainName(inputs.alarmName)),
      ...events.groupEvents("Api").map(({ name }) => name),
      "Budget",
    ];
    const page = readFileSync("docs/operations.md", "utf8");
    const section = page.split("\n## When an alarm fires\n")[1]?.split("\n## ")[0] ?? "";
    const rows = [...section.matchAll(/^\| `(\w+)` \| ([^|]{20,}) \| ([^|]{20,}) \|$/gm)];
    expect(rows.map(([, name]) => name).sort()).toEqual(made.sort());
  });
});

describe("logs", () => {
  test("have a group with retention, in which the instances may write and nowhere else", () => {
    const group = prod.one("aws:cloudwatch/logGroup:LogGroup", "ApiLogs");
    expect(group.inputs).toMatchObject({ name: "/steadfast/watched/api", retentionInDays: 90 });
    const [record, look, writes, ...others] = prod
      .statements()
      .filter((each) => each.of === "ApiPolicy" && each.actions.some((a) => a.startsWith("logs:")));
    // The record of shells is the account's own, and looking for it knows no resource.
    expect([record, look].map((each) => each?.resources)).toEqual([
      [expect.stringMatching(/:log-group:\/access\/steadfast\/shell:\*$/)],
      ["*"],
    ]);
    expect(others).toEqual([]);
    expect(writes).toMatchObject({
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [expect.stringMatching(/:LogGroup\/\/steadfast\/watched\/api:\*$/)],
    });
  });

  test("are sent by an agent that reads the file that the instances write", () => {
    const config = configOf(prod);
    const [file] = config.logs.logs_collected.files.collect_list;
    expect(file).toMatchObject({
      log_group_name: "/steadfast/watched/api",
      log_stream_name: "{instance_id}",
    });
    expect(prod.userData()).toContain(`LOG_FILE='${file.file_path}'`);
    expect(prod.userData()).toMatch(/^AGENT_UNIT='api-agent.service'$/m);
  });

  test("have four saved queries", () => {
    const saved = prod.of("aws:cloudwatch/queryDefinition:QueryDefinition");
    expect(saved.map(({ inputs }) => inputs.name)).toEqual([
      "steadfast-watched/errors by route",
      "steadfast-watched/slowest routes",
      "steadfast-watched/busiest clients",
      "steadfast-watched/one request",
    ]);
    for (const { inputs } of saved)
      expect(inputs.logGroupNames).toEqual(["/steadfast/watched/api"]);
  });

  test("stay on the instances of a stage without them, which need no agent", async () => {
    const personal = await deploy({}, "ada");
    expect(personal.of("aws:cloudwatch/logGroup:LogGroup")).toEqual([]);
    expect(personal.userData()).not.toContain("amazon-cloudwatch-agent");
    expect(personal.userData()).not.toContain("journalctl --quiet");
  });

  test("and memory are each sent where a stage wants them, also without the other", async () => {
    expect(
      Object.keys(configOf(await deploy({ monitoring: false, monthlyBudget: undefined }))),
    ).toEqual(["agent", "logs"]);
    expect(Object.keys(configOf(await deploy({ logs: false })))).toEqual(["agent", "metrics"]);
  });
});

describe('a stage with nat: "endpoints"', () => {
  let isolated: Resources;
  beforeAll(async () => {
    isolated = await deploy({ nat: "endpoints" });
  });

  test("has private instances and no way to the internet", () => {
    expect(isolated.one("aws:autoscaling/group:Group").inputs.vpcZoneIdentifiers).toEqual([
      "VpcPrivateSubnet1-id",
      "VpcPrivateSubnet2-id",
    ]);
    expect(isolated.all.filter(({ type }) => /nat/i.test(type))).toEqual([]);
  });

  test("reaches what instances call, in both zones, by the services' usual names", () => {
    const endpoints = isolated.of("aws:ec2/vpcEndpoint:VpcEndpoint").map(({ inputs }) => inputs);
    const services = (type: string) =>
      endpoints
        .filter(({ vpcEndpointType }) => vpcEndpointType === type)
        .map(({ serviceName }) => serviceName.split(".").at(-1));
    expect(services("Gateway").sort()).toEqual(["dynamodb", "s3"]);
    expect(services("Interface").sort()).toEqual(
      ["autoscaling", "logs", "monitoring", "ssm", "ssmmessages"].sort(),
    );
    for (const { subnetIds, privateDnsEnabled, vpcEndpointType } of endpoints) {
      if (vpcEndpointType !== "Interface") continue;
      expect(subnetIds).toHaveLength(2);
      expect(privateDnsEnabled).toBe(true);
    }
    const called = isolated
      .statements()
      .filter(({ of }) => of === "ApiPolicy")
      .flatMap(({ actions }) => actions.map((action) => action.split(":")[0]));
    const names: Record<string, string> = { cloudwatch: "monitoring" };
    for (const service of called)
      expect(endpoints.map(({ serviceName }) => serviceName.split(".").at(-1))).toContain(
        names[service ?? ""] ?? service,
      );
  });

  test("lets nobody but the VPC in at its endpoints", () => {
    const rule = isolated.one(
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      "EndpointsFromVpc",
    );
    expect(rule.inputs).toMatchObject({ fromPort: 443, toPort: 443 });
    expect(rule.inputs.cidrIpv4).toMatch(/^10\./);
  });
});
