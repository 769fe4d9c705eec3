/** The parts of a policy, and the function that assembles them. */

/** Operator, context key, values. */
export type Condition = Record<string, Record<string, string | readonly string[]>>;

/** Calls that are allowed, or denied, on the same resources. */
export interface Grant {
  /** ARNs, with `*` for parts that are unknown before the deploy. */
  on: readonly string[];
  /** Calls by service, separated by white space. */
  calls: Record<string, string>;
  /** Condition under which it applies. */
  only?: Condition;
  /** Why it names every resource, if it does. */
  reason?: string;
  /** @default Allow */
  effect?: "Deny";
}

/** Grants by the statement's name. */
export type Grants = Record<string, Grant>;

/** A policy in IAM's format. */
export interface PolicyDocument {
  Version: "2012-10-17";
  Statement: Statement[];
}

/** One of its statements. */
export interface Statement {
  Sid: string;
  Effect: "Allow" | "Deny";
  Action: string[];
  Resource: readonly string[];
  Condition?: Condition;
}

/** Most characters of a managed policy; IAM does not count white space. */
export const POLICY_CHARACTERS: number = 6144;

/** What tells the app's resources from others'. */
export interface Scope {
  /** The app's name: the prefix of its resources' names. */
  app: string;
  /**
   * Tag that has the app's name as its value.
   * @default `"sst:app"`, which SST gives every resource.
   */
  tag?: string;
}

/** Conditions by the app's tag: on resources that are there, and on new ones. */
export function conditionsOf({ app, tag = "sst:app" }: Scope): {
  own: Condition;
  fresh: Condition;
} {
  return {
    own: { StringEquals: { [`aws:ResourceTag/${tag}`]: app } },
    fresh: { StringEquals: { [`aws:RequestTag/${tag}`]: app } },
  };
}

/** Why a statement names every resource. */
export const NO_RESOURCES: string = "These calls know no resource.";

/** ARNs of EC2 resources of these types. */
export const ec2 = (types: string): string[] =>
  types.split(" ").map((type) => `arn:aws:ec2:*:*:${type}/*`);

/** Turns grants into a policy. */
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
