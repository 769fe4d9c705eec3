/**
 * The rights of deployers in three sizes, and the boundaries of the roles that they create. Pure.
 */
import { computeGrants, entranceGrants, networkGrants, stateGrants } from "sst-ec2/policy";
import { type Stage, stages } from "../stages.ts";
import { BOUNDARY, PERSONAL_BOUNDARY } from "./access.ts";
import { bootstrap } from "./bootstrap.ts";
import { boundary, personalBoundary } from "./boundary.ts";
import { data } from "./data.ts";
import { delivery } from "./delivery.ts";
import { doctor } from "./doctor.ts";
import { APP, type Grants, SCOPE } from "./grant.ts";
import { identity } from "./identity.ts";
import { observation } from "./observation.ts";
import { personalLimits } from "./personal.ts";
import { database } from "./postgres.ts";
import { shell } from "./shell.ts";

/** What the stages' options name. */
export interface Named {
  /** Retained stages, which no personal deployer may touch. */
  kept: readonly string[];
  domains: readonly string[];
  /** ARNs. */
  connections: readonly string[];
  /** ARNs. */
  secrets: readonly string[];
}

/** Grants by the name of their managed policy. */
export type PolicyGrants = Record<string, Grants>;

/** Who sets up an account, who deploys production, who deploys personal stages. */
export const SIZES = ["bootstrap", "production", "personal"] as const;
export type Size = (typeof SIZES)[number];

export function namedBy(table: Record<string, Partial<Stage>> = stages): Named {
  const all = Object.values(table);
  const sources = all.flatMap(({ pipeline }) => pipeline?.source ?? []);
  return {
    kept: Object.keys(table).filter((name) => table[name]?.retain),
    domains: all.flatMap(({ domain }) => domain ?? []),
    connections: sources
      .map((each) =>
        "connection" in each ? each.connection : "credential" in each && each.credential,
      )
      .filter((each) => typeof each === "string" && each.startsWith("arn:")) as string[],
    secrets: sources.flatMap((each) => ("secret" in each ? each.secret : [])),
  };
}

/** The policies of a size; at most ten, which IAM attaches to a role. */
export function deployerGrants(size: Size, named: Named = namedBy()): PolicyGrants {
  if (size === "bootstrap")
    return { [`${APP}-bootstrap`]: bootstrap, [`${APP}-deploy-sst`]: stateGrants(SCOPE) };
  const both = {
    [`${APP}-deploy-sst`]: stateGrants(SCOPE),
    [`${APP}-deploy-network`]: networkGrants(SCOPE),
    [`${APP}-deploy-compute`]: computeGrants(SCOPE),
    [`${APP}-deploy-entrance`]: entranceGrants(SCOPE),
    [`${APP}-deploy-identity`]: identity,
    [`${APP}-deploy-data`]: data(named.domains),
    [`${APP}-deploy-database`]: database, // drop: quotes
    [`${APP}-deploy-observation`]: observation,
    [`${APP}-doctor`]: doctor,
  };
  if (size === "production")
    return { ...both, [`${APP}-deploy-delivery`]: delivery(named.connections) };
  return { ...both, [`${APP}-personal-limits`]: personalLimits(named.kept) };
}

/** For retained stages, and for all others. */
export function boundaryGrants({ secrets, kept }: Named = namedBy()): PolicyGrants {
  return {
    [BOUNDARY]: boundary(secrets),
    [PERSONAL_BOUNDARY]: personalBoundary(secrets, kept),
  };
}

/** For shells on instances of every stage, and of those that are not retained. */
export function shellGrants({ kept }: Named = namedBy()): PolicyGrants {
  return { [`${APP}-shell`]: shell(), [`${APP}-personal-shell`]: shell(kept) };
}
