/** Who opens shells on instances, and how they are recorded. */
import { describe, expect, test } from "vitest";
import { shellGrants } from "../../../../infra/policies/deployer.ts";
import { policyOf } from "../../../../infra/policies/grant.ts";
import { shellDocument } from "../../../../infra/policies/shell.ts";
import { type Call, evaluate, type Principal } from "../../policy/evaluate.ts";
import { accessTemplate } from "../../policy/template.ts";
import { ADA, arn, NAMED, OTHER, PROD, tagged } from "./support/account.ts";

const USER = "AROAEXAMPLE:ada";

const principal = (policy: string): Principal => ({
  arn: arn("sts", "assumed-role/Operator/ada"),
  policies: { [policy]: policyOf(shellGrants(NAMED)[policy] ?? {}) },
});
const start = (resource: string, tags: Record<string, string> = {}): Call => ({
  action: "ssm:StartSession",
  resource,
  context: tagged(tags),
});
const session = (action: string, id: string): Call => ({
  action,
  resource: arn("ssm", `session/${id}`),
  context: { "aws:userid": USER },
});
const INSTANCE = arn("ec2", "instance/i-1");

const allowed: Call[] = [
  start(INSTANCE, ADA),
  start(arn("ssm", "document/steadfast-Shell")),
  session("ssm:TerminateSession", `${USER}-0a1b`),
  session("ssm:ResumeSession", `${USER}-0a1b`),
  { action: "autoscaling:DescribeAutoScalingGroups", resource: "*" },
];
const refused: Call[] = [
  start(INSTANCE, OTHER),
  start(INSTANCE),
  // Documents that record nothing, or run a command or tunnel outside any record.
  ...[
    "SSM-SessionManagerRunShell",
    "AWS-StartInteractiveCommand",
    "AWS-StartNonInteractiveCommand",
    "AWS-StartPortForwardingSession",
    "AWS-StartPortForwardingSessionToRemoteHost",
    "AWS-StartSSHSession",
    "steadfast-Shell2",
    "steadfast-InstallAgent",
  ].map((name) => start(arn("ssm", `document/${name}`))),
  session("ssm:TerminateSession", "AROAEXAMPLE:eve-0a1b"),
  session("ssm:ResumeSession", "AROAEXAMPLE:eve-0a1b"),
  { action: "ssm:SendCommand", resource: INSTANCE, context: tagged(ADA) },
  { action: "ssm:UpdateDocument", resource: arn("ssm", "document/steadfast-Shell") },
  { action: "logs:DeleteLogGroup", resource: arn("logs", "log-group:/access/steadfast/shell") },
];

describe.each(["steadfast-shell", "steadfast-personal-shell"])("%s", (policy) => {
  test("opens the app's instances by the document that records, and no other", async () => {
    for (const each of allowed)
      expect([each, await evaluate(principal(policy), each)]).toEqual([each, "allowed"]);
    for (const each of refused)
      expect([each, await evaluate(principal(policy), each)]).toEqual([each, "refused"]);
  });

  test(`opens an instance of a kept stage: ${policy === "steadfast-shell"}`, async () => {
    const verdict = policy === "steadfast-shell" ? "allowed" : "refused";
    expect(await evaluate(principal(policy), start(INSTANCE, PROD))).toBe(verdict);
  });
});

test("the access stack has the document, and the log group that it names, for a year", () => {
  const { ShellDocument, ShellLog } = accessTemplate().Resources;
  expect(ShellLog?.Properties).toEqual({
    LogGroupName: "/access/steadfast/shell",
    RetentionInDays: 365,
  });
  expect(ShellDocument?.Properties).toMatchObject({
    Name: "steadfast-Shell",
    DocumentType: "Session",
    UpdateMethod: "NewVersion",
  });
  expect(ShellDocument?.Properties.Content).toEqual(shellDocument());
  expect(shellDocument().inputs).toMatchObject({
    cloudWatchLogGroupName: ShellLog?.Properties.LogGroupName,
    cloudWatchStreamingEnabled: true,
  });
});
