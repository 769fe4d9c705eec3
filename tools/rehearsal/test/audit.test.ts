/** The audit's parts: what auditors read, and how findings match answers. */
import { readFile } from "node:fs/promises";
import { beforeAll, expect, describe as group, test } from "vitest";
import { resourceGraph } from "../../stage/graph.ts";
import { type Answer, describe, type Finding, judge } from "../audit/findings.ts";
import { paths } from "../audit/paths.ts";
import { type TerraformDocument, terraformType, toTerraform } from "../audit/terraform.ts";

const finding: Finding = { check: "CKV_1", title: "Locked doors", resource: "aws_s3_bucket.Logs" };
const page = "| Control | What it asks |\n|---|---|\n| S3.9 | Buckets log accesses |\n";

group("findings", () => {
  test("without an answer are new", () => {
    const judgement = judge([finding], [], page);
    expect(describe(judgement)).toEqual(["new: CKV_1 on aws_s3_bucket.Logs: Locked doors"]);
  });

  test("are answered by a line of the page, or as an artefact", () => {
    for (const answer of [{ control: "S3.9" }, { artefact: "moto has no doors" }]) {
      expect(describe(judge([finding], [{ check: "CKV_1", ...answer }], page))).toEqual([]);
    }
  });

  test("of another resource than the answer is for are new, and the answer is stale", () => {
    const answer = { check: "CKV_1", resources: "Archives$", control: "S3.9" };
    expect(describe(judge([finding], [answer], page))).toEqual([
      "new: CKV_1 on aws_s3_bucket.Logs: Locked doors",
      "answered, but not found any more: CKV_1 on Archives$",
    ]);
  });

  test("are not answered by a line that the page does not have", () => {
    expect(describe(judge([finding], [{ check: "CKV_1", control: "S3.90" }], page))).toEqual([
      "CKV_1: docs/security.md has no line S3.90",
    ]);
  });
});

test("every answer points to a line of docs/security.md, or says what the emulator does", async () => {
  const answers: Record<string, Answer[]> = JSON.parse(await readFile(paths.answers, "utf8"));
  const text = await readFile(paths.page, "utf8");
  for (const each of Object.values(answers)) {
    expect(judge([], each, text).lost).toEqual([]);
    for (const { control, artefact } of each) {
      expect([control, artefact].filter(Boolean)).toHaveLength(1);
      expect(artefact ?? "a reason in the page").toMatch(/\w+ \w+ \w+/);
    }
  }
});

group("a stage as Terraform configuration", () => {
  let document: TerraformDocument;
  beforeAll(async () => {
    document = toTerraform(await resourceGraph("rehearsal"));
  });
  /** A resource whose name ends so. */
  const one = (type: string, nameEnd: string) =>
    Object.entries(document.resource[type] ?? {}).find(([name]) => name.endsWith(nameEnd))?.[1];

  test("has Terraform's types", () => {
    const token = (path: string, type: string) => terraformType(`aws:${path}:${type}`);
    expect(token("lb/loadBalancer", "LoadBalancer")).toBe("aws_lb");
    expect(token("ec2/vpcEndpoint", "VpcEndpoint")).toBe("aws_vpc_endpoint");
    expect(token("s3/bucketVersioningV2", "BucketVersioningV2")).toBe("aws_s3_bucket_versioning");
    expect(token("rds/instance", "Instance")).toBe("aws_db_instance");
    expect(token("vpc/securityGroupIngressRule", "SecurityGroupIngressRule")).toBe(
      "aws_vpc_security_group_ingress_rule",
    );
  });

  test("names others by reference", () => {
    expect(one("aws_s3_bucket_versioning", "ArtifactVersioning")).toMatchObject({
      bucket: expect.stringMatching(/^\$\{aws_s3_bucket\.\w+\.id\}$/),
    });
    // #region quotes
    expect(one("aws_db_instance", "Postgres")).toMatchObject({
      vpc_security_group_ids: [expect.stringMatching(/^\$\{aws_security_group\..+\.id\}$/)],
    });
    // #endregion quotes
  });

  test("calls blocks and arguments as Terraform does, and leaves the keys of tags alone", () => {
    expect(one("aws_dynamodb_table", "UsersTable")).toMatchObject({
      attribute: [{ name: "id", type: "S" }],
      point_in_time_recovery: { enabled: true },
    });
    expect(one("aws_launch_template", "Api")).toMatchObject({
      metadata_options: { http_tokens: "required" },
      block_device_mappings: [{ ebs: { encrypted: "true" } }],
    });
  });
});
