import assert from "node:assert/strict";
import { plainName } from "../../checks/boot-plan.ts";
import type { Fleet } from "../../checks/deployment.ts";
import { present, same } from "../../checks/expect.ts";
import type { Machine } from "../machine.ts";
import type { World } from "../world.ts";

/** What must never be read: the links of a stage that this one is not. */
const FOREIGN = { Name: "/steadfast/prod/Api/links", Value: "the-keys-of-another-stage" };

/** Runs each line of what follows as arguments of the AWS CLI, and prints how it ended: a line each. */
const TRY = String.raw`
export AWS_REGION=us-east-1 AWS_MAX_ATTEMPTS=1
while read -r line; do
  if out=$(aws $line 2>&1 </dev/null); then echo "allowed $(tr --delete '\n' <<<"$out")"; else echo "refused $(tr '\n' ' ' <<<"$out")"; fi
done <<'END_OF_CALLS'
`;

/**
 * Whoever is root on an instance has its role's rights, and no more: its own links are served, and those
 * of another stage and another service are refused, as are their secrets and archives.
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
  // They were meant; any other is a fault.
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
