/** Runs all checks, in reading order. */
import { type ResolvedStage, stageOf } from "../../../infra/stages.ts";
import { resourceGraph } from "../graph.ts";
import {
  type Check,
  type Finding,
  fault,
  inOneLine,
  isRefusal,
  note,
  type Patient,
} from "./check.ts";
import { access } from "./checks/access.ts";
import { bootstrap } from "./checks/bootstrap.ts";
import { connection } from "./checks/connection.ts";
import { identify } from "./checks/credentials.ts";
import { domain } from "./checks/domain.ts";
import { instanceTypes } from "./checks/instance-types.ts";
import { network } from "./checks/network.ts";
import { quota } from "./checks/quota.ts";
import { region as regionCheck } from "./checks/region.ts";
import { rights } from "./checks/rights.ts";
import { serviceRoles } from "./checks/service-roles.ts";
import { type Needs, needsOf } from "./needs.ts";

const CHECKS: Check[] = [
  regionCheck,
  access,
  rights,
  quota,
  instanceTypes,
  network,
  serviceRoles,
  bootstrap,
  domain,
  connection,
];

/** A finding with the name of its check. */
export type Said = { check: string } & Finding;

/**
 * Checks what a deploy of a stage would meet. Changes nothing, neither here nor in the account.
 *
 * @param tell Gets each finding as soon as it is known.
 * @throws Invalid options of the stage, before anything is checked.
 */
export async function examine(stage: string, tell: (said: Said) => void): Promise<Said[]> {
  const said: Said[] = [];
  const say = (check: string, findings: Finding | Finding[]) => {
    for (const finding of [findings].flat()) {
      said.push({ check, ...finding });
      tell({ check, ...finding });
    }
  };
  const choices = stageOf(stage);
  // As in sst.config.ts.
  const region = process.env.AWS_REGION || "us-east-1";
  const { finding, who } = await identify(region);
  say("credentials", finding);
  if (!who) return said;
  const patient: Patient = { ...who, stage, region, needs: await needsFor(stage, choices) };
  // In parallel, reported in order.
  const looks = CHECKS.map(({ name, look }) => ({ name, found: failsafe(() => look(patient)) }));
  for (const { name, found } of looks) say(name, await found);
  return said;
}

/** A missing zone is reported by a check, so the graph must not fail for it. */
async function needsFor(
  stage: string,
  { architecture: _, ...choices }: ResolvedStage,
): Promise<Needs> {
  const known = choices.domain ? { domain: "api.example.com" } : {};
  return needsOf(await resourceGraph(stage, { ...choices, ...known }), choices.domain);
}

/** A check that fails by itself says nothing about the account; the others continue. */
async function failsafe(look: () => Promise<Finding | Finding[]>): Promise<Finding | Finding[]> {
  try {
    return await look();
  } catch (error) {
    const problem = inOneLine(error);
    if (isRefusal(error)) return note(`may not be asked (${problem})`);
    if (/ENOTFOUND|ECONNREFUSED|ETIMEDOUT|TimeoutError/.test(problem))
      return fault(problem, "is the network there, and the region one of AWS's?");
    return note(problem);
  }
}
