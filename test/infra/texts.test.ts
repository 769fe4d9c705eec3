/** Texts that AWS would refuse. */
import { describe, expect, test } from "vitest";
import { checkTexts } from "../../infra/program/texts.ts";
import { runProgram } from "../../tools/stage/graph/program.ts";

/** Runs a program that makes one resource, under the check. */
async function make(resource: () => unknown) {
  const program = async () => {
    checkTexts();
    resource();
  };
  await runProgram({ stage: "ada", program });
}

describe("a text", () => {
  test.each<[string, () => unknown]>([
    [
      '"description" of "Doors" (aws:ec2/securityGroup:SecurityGroup) is "AWS\'s services"; AWS takes letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*.',
      () => new aws.ec2.SecurityGroup("Doors", { description: "AWS's services" }),
    ],
    [
      '"ingress.*.description" of "Doors" (aws:ec2/securityGroup:SecurityGroup) is "naïve"; ',
      () =>
        new aws.ec2.SecurityGroup("Doors", {
          ingress: [{ protocol: "tcp", fromPort: 1, toPort: 1, description: "naïve" }],
        }),
    ],
    [
      '"description" of "In" (aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule) is "5 > 4"; ',
      () =>
        new aws.vpc.SecurityGroupIngressRule("In", {
          ...{ securityGroupId: "sg-1", ipProtocol: "tcp" },
          description: "5 > 4",
        }),
    ],
    [
      '"description" of "Role" (aws:iam/role:Role) is "ends – not"; AWS takes characters of Latin-1.',
      () => new aws.iam.Role("Role", { assumeRolePolicy: "{}", description: "ends – not" }),
    ],
    [
      '"tags.*" of "Topic" (aws:sns/topic:Topic) is "what?"; AWS takes letters, digits, spaces and _.:/=+-@.',
      () => new aws.sns.Topic("Topic", { tags: { Name: "what?" } }),
    ],
    [
      '"description" of "Rule" (aws:cloudwatch/eventRule:EventRule) has 513 characters; AWS takes 512.',
      () => new aws.cloudwatch.EventRule("Rule", { description: "x".repeat(513) }),
    ],
  ])("stops with %j", async (message, resource) => {
    await expect(make(resource)).rejects.toThrow(message);
  });

  test("is checked in the whole program, on SST's own resources, too", async () => {
    await expect(runProgram({ stage: "ada", app: "it's" })).rejects.toThrow(
      /^"tags\.\*" of "[^"]+" \([^)]+\) is "it's-ada-[\w ]+"; AWS takes letters/,
    );
  });
});
