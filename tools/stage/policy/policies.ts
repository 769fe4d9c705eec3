/** The app's IAM policies, from the same source as the infrastructure. */
import {
  boundaryGrants,
  deployerGrants,
  type PolicyGrants,
  SIZES,
  type Size,
  shellGrants,
} from "../../../infra/policies/deployer.ts";
import { policyOf } from "../../../infra/policies/grant.ts";
import type { Recorded } from "../graph/resource.ts";
import { resourceGraph } from "../graph.ts";
import { realArn } from "./arns.ts";

/** A policy as IAM takes it. */
export interface Policy {
  Version: string;
  Statement: Record<string, unknown>[];
}

/** Policies by a recognisable name. */
export type Policies = Record<string, Policy>;

/**
 * Kinds of policies: the deployer sizes, shells, the boundaries, the pipeline's services, the
 * instances.
 */
export const KINDS = [...SIZES, "shell", "boundary", "pipeline", "instance"] as const;
export type Kind = (typeof KINDS)[number];

/** Kinds with roles in a stage. */
type RoleKind = Exclude<Kind, Size | "shell" | "boundary">;

/** Services that assume the roles, by kind. */
const SERVICES: Record<RoleKind, string[]> = {
  instance: ["ec2.amazonaws.com"],
  pipeline: ["codepipeline.amazonaws.com", "codebuild.amazonaws.com", "events.amazonaws.com"],
};

/**
 * The policies of some kinds. A deployer's are the same for every stage.
 *
 * @param stage The stage whose roles are read; an unknown one is a personal stage.
 * @throws When the stage has no role of a kind, and errors of the stage's program.
 *
 * @example
 * ```ts
 * const { ApiPolicy } = await policiesOf(["instance"], "prod");
 * ```
 */
export async function policiesOf(kinds: readonly Kind[], stage: string): Promise<Policies> {
  const found: Policies = {};
  for (const kind of kinds) if (!isRoleKind(kind)) Object.assign(found, ofGrants(kind));
  const roles = kinds.filter(isRoleKind);
  if (roles.length === 0) return found;
  const resources = await resourceGraph(stage);
  for (const kind of roles) Object.assign(found, ofRoles(resources, kind, stage));
  return found;
}

function isRoleKind(kind: Kind): kind is RoleKind {
  return kind in SERVICES;
}

function grantsOf(kind: Exclude<Kind, RoleKind>): PolicyGrants {
  if (kind === "boundary") return boundaryGrants();
  return kind === "shell" ? shellGrants() : deployerGrants(kind);
}

function ofGrants(kind: Exclude<Kind, RoleKind>): Policies {
  return Object.fromEntries(
    Object.entries(grantsOf(kind)).map(([name, each]) => [
      name,
      { Version: "2012-10-17", Statement: policyOf(each).Statement.map((one) => ({ ...one })) },
    ]),
  );
}

/** Inline policies of the roles that a kind's services assume. */
function ofRoles(resources: Recorded[], kind: RoleKind, stage: string): Policies {
  const roles = resources
    .filter((each) => each.type === "aws:iam/role:Role")
    .filter((role) => takers(role).some((service) => SERVICES[kind].includes(service)))
    .map((role) => role.id);
  const policies = resources
    .filter((each) => each.type === "aws:iam/rolePolicy:RolePolicy")
    .filter((each) => roles.includes(each.inputs.role));
  if (policies.length === 0) throw new Error(`Stage "${stage}" has no ${kind}${hint(kind)}.`);
  return Object.fromEntries(
    policies.map(({ name, inputs }) => [name, withRealArns(JSON.parse(inputs.policy), resources)]),
  );
}

function hint(kind: Kind): string {
  return kind === "pipeline" ? '; give it the option "pipeline" in infra/stages.ts' : "";
}

function takers({ inputs }: Recorded): string[] {
  const trust = inputs.assumeRolePolicy;
  const { Statement } = typeof trust === "string" ? JSON.parse(trust) : trust;
  return [Statement].flat().flatMap(({ Principal }) => Principal.Service ?? []);
}

function withRealArns({ Version, Statement }: Policy, resources: Recorded[]): Policy {
  const buckets = resources.filter((each) => each.type === "aws:s3/bucketV2:BucketV2");
  /** The mocks' ARN of a bucket contains its logical name. */
  const nameOf = (type: string, name: string) => {
    const bucket = buckets.find((each) => name.startsWith(`${each.name}-1a2b3c4`));
    if (type !== "BucketV2" || !bucket) return name;
    return name.replace(`${bucket.name}-1a2b3c4`, bucket.inputs.bucket);
  };
  return {
    Version,
    Statement: Statement.map((each) => ({
      ...each,
      Resource: [each.Resource].flat().map((arn) => realArn(arn as string, nameOf)),
    })),
  };
}
