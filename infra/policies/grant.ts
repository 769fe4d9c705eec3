/** What a policy is made of, and the function that makes it. */

/** The app's name, with which the names of its resources begin and which their tag `app` says. */
export const APP = "steadfast";

/** Operator, key of the request's context, values. */
export type Condition = Record<string, Record<string, string | readonly string[]>>;

/** Calls that are allowed, or denied, on the same resources. */
export interface Grant {
  /** ARNs. A part that nobody knows before the deploy is `*`. */
  on: readonly string[];
  /** Calls by service, separated by white space. */
  calls: Record<string, string>;
  /** When alone it counts. */
  only?: Condition;
  /** Why it is every resource, where it is. */
  reason?: string;
  /** @default Allow */
  effect?: "Deny";
}

/** Grants by the statement's name. */
export type Grants = Record<string, Grant>;

/** A policy as IAM takes it. */
export interface PolicyDocument {
  Version: "2012-10-17";
  Statement: Statement[];
}

/** A statement of it. */
export interface Statement {
  Sid: string;
  Effect: "Allow" | "Deny";
  Action: string[];
  Resource: readonly string[];
  Condition?: Condition;
}

/** The most characters of a managed policy; IAM does not count white space. */
export const POLICY_CHARACTERS = 6144;

/** What exists and carries the app's tag. */
export const OWN: Condition = { StringEquals: { "aws:ResourceTag/app": APP } };

/** What is made now, with the app's tag. */
export const NEW: Condition = { StringEquals: { "aws:RequestTag/app": APP } };

/** Why a statement names every resource. */
export const NO_RESOURCES = "These calls know no resource.";

/** ARNs of EC2's resources, all of a type. */
export const ec2 = (types: string) => types.split(" ").map((type) => `arn:aws:ec2:*:*:${type}/*`);

/** The policy of some grants. */
export function policyOf(grants: Grants): PolicyDocument {
  return { Version: "2012-10-17", Statement: Object.entries(grants).map(statementOf) };
}

function statementOf([Sid, grant]: [string, Grant]): Statement {
  const actions = Object.entries(grant.calls).flatMap(([service, verbs]) =>
    verbs
      .trim()
      .split(/\s+/)
      .map((verb) => (service === "*" ? verb : `${service}:${verb}`)),
  );
  return {
    Sid,
    Effect: grant.effect ?? "Allow",
    Action: actions.sort(),
    Resource: grant.on,
    ...(grant.only && { Condition: grant.only }),
  };
}
