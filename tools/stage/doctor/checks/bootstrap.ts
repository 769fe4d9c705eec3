import { type Check, type Finding, fault, ok, type Patient } from "../check.ts";
import { bucketExists, findBootstrap, findLock, hasPassphrase, listStages } from "../state.ts";

/** SST's data in the account: buckets, the stage's state, its key and lock, other stages. */
export const bootstrap: Check = {
  name: "SST's state",
  async look(patient) {
    const found = await findBootstrap(patient.region);
    if (!found) return ok("none yet: SST makes its buckets at the first deploy");
    return await lookInto(found, patient);
  },
};

async function lookInto(
  { state, asset }: { state: string; asset: string },
  { region, stage }: Patient,
): Promise<Finding[]> {
  for (const bucket of [state, asset]) {
    if (await bucketExists(region, bucket)) continue;
    return [
      fault(
        `bucket ${bucket} is gone, of which /sst/bootstrap in ${region} speaks`,
        `if no stage is deployed any more: aws ssm delete-parameter --name /sst/bootstrap --region ${region}`,
      ),
    ];
  }
  const stages = await listStages(region, state);
  const others = stages.filter((each) => each !== stage);
  const deployed = stages.includes(stage);
  const findings = [
    ok(
      `${deployed ? `stage ${stage} is deployed` : `stage ${stage} is new`}; ` +
        `other stages: ${others.join(", ") || "none"}`,
    ),
  ];
  if (deployed && !(await hasPassphrase(region, stage)))
    findings.push(
      fault(
        `the passphrase of stage ${stage} is gone, without which its state cannot be read`,
        `restore the parameter /sst/passphrase/steadfast/${stage}, a SecureString`,
      ),
    );
  const lock = await findLock(region, state, stage);
  if (lock)
    findings.push(
      fault(
        `stage ${stage} is locked since ${lock.since?.toISOString() ?? "some time"}, by ${lock.command}`,
        `wait for it; if nobody deploys: npx sst unlock --stage ${stage}`,
      ),
    );
  return findings;
}
