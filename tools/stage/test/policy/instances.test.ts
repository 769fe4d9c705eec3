/** What the stage's roles may do, simulated with their policies, AWS's and the boundary. */
import { beforeAll, describe, expect, test } from "vitest";
import { boundaryGrants } from "../../../../infra/policies/deployer.ts";
import { policyOf } from "../../../../infra/policies/grant.ts";
import { type Call, evaluate, type Principal } from "../../policy/evaluate.ts";
import { type Policies, policiesOf } from "../../policy/policies.ts";
import { arn, NAMED } from "./support/account.ts";

const boundary = policyOf(boundaryGrants(NAMED)["steadfast-personal-boundary"] ?? {});

let policies: Policies;
beforeAll(async () => {
  policies = await policiesOf(["instance", "pipeline"], "rehearsal");
});

const role = (name: string): Principal => ({
  arn: arn("iam", `role/steadfast-rehearsal-${name}`),
  policies: { [name]: policies[name] as object },
  boundary,
});
/** The services with instances. */
const SERVICES = [
  "Api",
  "Collector", // drop: quotes
];

const parameter = (name: string): Call => ({
  action: "ssm:GetParameter",
  resource: arn("ssm", `parameter/${name}`),
});
const group = (action: string, name: string): Call => ({
  action: `autoscaling:${action}`,
  resource: arn("autoscaling", `autoScalingGroup:1:autoScalingGroupName/${name}`),
});

describe.each(SERVICES)("an instance of %s", (service) => {
  const other = SERVICES.find((each) => each !== service) ?? "Worker";

  test("reads its own links", async () => {
    const each = parameter(`steadfast/rehearsal/${service}/links`);
    expect([each, await evaluate(role(`${service}Policy`), each)]).toEqual([each, "allowed"]);
  });

  test("reads nobody else's, of no stage and no app, nor SST's passphrases", async () => {
    const names = [
      `steadfast/rehearsal/${other}/links`,
      ...["prod", "ada"].flatMap((stage) => [`steadfast/${stage}/${service}/links`]),
      "sst/passphrase/steadfast/rehearsal",
      "sst/bootstrap",
      "shop/prod/Api/links",
    ];
    for (const each of names.map(parameter))
      for (const action of ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"])
        expect([each, await evaluate(role(`${service}Policy`), { ...each, action })]).toEqual([
          each,
          "refused",
        ]);
  });

  test("speaks for its own group alone", async () => {
    for (const action of ["SetInstanceHealth", "CompleteLifecycleAction"]) {
      const verdicts = [service, other].map((name) =>
        evaluate(role(`${service}Policy`), group(action, `steadfast-rehearsal-${name}`)),
      );
      expect(await Promise.all(verdicts)).toEqual(["allowed", "refused"]);
    }
  });

  test("offers a shell, and runs nobody's document", async () => {
    for (const each of [
      { action: "ssm:UpdateInstanceInformation", resource: arn("ec2", "instance/i-1") },
      { action: "ssmmessages:OpenDataChannel", resource: "*" },
    ])
      expect([each, await evaluate(role(`${service}Policy`), each)]).toEqual([each, "allowed"]);
    for (const each of [
      { action: "ssm:SendCommand", resource: arn("ec2", "instance/i-1") },
      { action: "ssm:ListInstanceAssociations", resource: arn("ec2", "instance/i-1") },
      { action: "ssm:GetDocument", resource: arn("ssm", "document/steadfast-InstallAgent") },
    ])
      expect([each, await evaluate(role(`${service}Policy`), each)]).toEqual([each, "refused"]);
  });
});

describe.each(SERVICES)("a shell on an instance of %s", (service) => {
  const log = (action: string, name: string): Call => ({
    action: `logs:${action}`,
    resource: arn(
      "logs",
      `log-group:${name}${action === "DescribeLogStreams" ? "" : ":log-stream:ada-0a1b"}`,
    ),
  });

  test("is recorded in the shells' log group, which nobody empties from there", async () => {
    const who = role(`${service}Policy`);
    for (const each of [
      log("CreateLogStream", "/access/steadfast/shell"),
      log("PutLogEvents", "/access/steadfast/shell"),
      { action: "logs:DescribeLogGroups", resource: "*" },
    ])
      expect([each, await evaluate(who, each)]).toEqual([each, "allowed"]);
    for (const each of [
      log("PutLogEvents", "/access/steadfast/other"),
      log("PutLogEvents", "/steadfast/prod/api"),
      log("DeleteLogStream", "/access/steadfast/shell"),
      log("GetLogEvents", "/access/steadfast/shell"),
      { action: "logs:DeleteLogGroup", resource: arn("logs", "log-group:/access/steadfast/shell") },
      { action: "ssm:StartSession", resource: arn("ec2", "instance/i-1") },
    ])
      expect([each, await evaluate(who, each)]).toEqual([each, "refused"]);
  });
});

test("the boundary takes nothing away from what the stage's roles are given", async () => {
  const context = {
    "cloudwatch:namespace": "Steadfast",
    "aws:ResourceTag/aws:rds:primaryDBInstanceArn": arn("rds", "db:steadfast-rehearsal-postgres"), // drop: quotes
  };
  let count = 0;
  for (const [name, policy] of Object.entries(policies))
    for (const { Action, Resource } of policy.Statement)
      for (const action of [Action].flat() as string[])
        for (const pattern of [Resource].flat() as string[]) {
          // Of streams the reference names the group alone; AWS checks all three calls alike.
          if (["logs:CreateLogStream", "logs:DescribeLogStreams"].includes(action)) continue;
          const stream =
            action === "logs:PutLogEvents" ? pattern.replace(/:\*$/, ":log-stream:x") : pattern;
          const resource = stream === "*" ? "*" : stream.replaceAll("*", "x");
          const who = { ...role(name), policies: { [name]: policy } };
          expect([
            name,
            action,
            resource,
            await evaluate(who, { action, resource, context }),
          ]).toEqual([name, action, resource, "allowed"]);
          count++;
        }
  expect(count).toBeGreaterThan(40);
});
