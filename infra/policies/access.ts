/**
 * What an account keeps for its deployers, out of their reach: `role/steadfast-*` does not match
 * its path.
 */
import { APP } from "./grant.ts";

export const PATH = "/access/";

/** Bounds every role of the app. */
export const BOUNDARY = `${APP}-boundary`;

/**
 * The same for stages that are not retained: keeps their roles away from production's resources.
 */
export const PERSONAL_BOUNDARY = `${APP}-personal-boundary`;

/** The boundary of a stage's roles, with its path. */
export const boundaryOf = ({ retain }: { retain: boolean }) =>
  `${PATH.slice(1)}${retain ? BOUNDARY : PERSONAL_BOUNDARY}`;

/** Assumed by the pipelines' deploys. */
export const PIPELINE_ROLE = `${APP}-pipeline`;

/** Assumed by the jobs of GitHub Actions. */
export const GITHUB_ROLE = `${APP}-github`;

/** Session Manager document that opens shells, one per region. */
export const SHELL_DOCUMENT = `${APP}-Shell`;

/** Log group that records the shells, one per region. */
export const SHELL_LOG = `${PATH}${APP}/shell`;

export const policyArn = (name: string) => `arn:aws:iam::*:policy${PATH}${name}`;

export const roleArn = (name: string) => `arn:aws:iam::*:role${PATH}${name}`;

// #region quotes
/** The API's login at the quotes' database, by which IAM knows it. */
export const DATABASE_READER = "quotes_reader";
// #endregion quotes
