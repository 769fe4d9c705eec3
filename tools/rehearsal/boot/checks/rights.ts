import assert from "node:assert/strict";
import { plainName } from "../../checks/boot-plan.ts";
import type { Fleet } from "../../checks/deployment.ts";
import { present, same } from "../../checks/expect.ts";
import type { Machine } from "../machine.ts";
import type { World } from "../world.ts";

/** The links of another stage, which must never be readable. */
const FOREIGN = { Name: "/steadfast/prod/Api/links", Value: "the-keys-of-another-stage" };

/** Runs the AWS CLI with each line that follows, and prints a line with the outcome. */
const TRY = String.raw`
export AWS_REGION=us-east-1 AWS_MAX_ATTEMPTS=1
while read -r line; do
  if out=$(aws $line 2>&1 </dev/null); then echo "allowed $(tr --delete '\n' <<<"$out")"; else echo "refused $(tr '\n' ' ' <<<"$out")"; fi
done <<'END_OF_CALLS'
`;

/**
 * Root on an instance has its role's rights and no more: it reads its own links, and no links, secrets or
 * archives of another stage or service.
 */
export async function checkRights(world: World, machine: Machine): Promise<string> {
  const { after, cloud } = world.stage;
  await cloud.ssm.putParameter({ ...FOREIGN, Type: "SecureString", Overwrite: true });
  const own = `ssm get-parameter --with-decryption --name ${linksOf(after)}`;
  const foreign = [
    `ssm get-parameter --with-decryption --name ${FOREIGN.Name}`,
    `ssm get-parameters --with-decryption --names ${FOREIGN.Name}`,
    "ssm get-parameters-by-path --recursive --with-decryption --path /steadfast",
    ...collectorsOwn(world.stage), // drop: quotes
  ];
  const before = world.gate.refused;
  same(before, [], "calls of instances that were refused so far");
  const output = await machine.run(`${TRY}${[own, ...foreign].join("\n")}\nEND_OF_CALLS\n`);
  const [served = "", ...rest] = output.trim().split("\n");
  assert.match(served, /^allowed .*SST_RESOURCE_/, "its own links");
  for (const [index, line] of rest.entries())
    assert.match(line, /^refused .*\(AccessDenied(Exception)?\)/, `${foreign[index]}`);
  same(rest.length, foreign.length, "calls that were tried");
  assert.ok(!output.includes(FOREIGN.Value), "another stage's links were read");
  assert.ok(world.gate.refused.length >= foreign.length, "the refusals were not the judge's");
  // These were intended; any other refusal is a fault.
  world.gate.refused = [];
  return `its own links served, ${foreign.length} of others' things refused`;
}

// #region quotes
/** Calls for what belongs to the collector. */
function collectorsOwn({ collector, postgres }: World["stage"]): string[] {
  const { bucket, app } = collector.plan;
  return [
    `ssm get-parameter --with-decryption --name ${linksOf(collector)}`,
    `secretsmanager get-secret-value --secret-id ${postgres.secretArn}`,
    `s3api get-object --bucket ${bucket} --key ${app.key} /dev/null`,
  ];
}
// #endregion quotes

function linksOf({ plan }: Fleet): string {
  return plainName(present(plan.parameters[0], "the links' parameter"));
}
