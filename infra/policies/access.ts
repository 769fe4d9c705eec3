/**
 * What an account keeps for its deployers: created once by whoever sets up the account, and out of a
 * deployer's reach. The path separates it from what the app creates: `role/steadfast-*` does not
 * match it.
 */
import { APP } from "./grant.ts";

/** Path of the policies and roles. */
export const PATH = "/access/";

/** Managed policy that bounds every role of the app. */
export const BOUNDARY = `${APP}-boundary`;

/**
 * The same for stages that are not retained: it keeps their roles away from production's resources.
 */
export const PERSONAL_BOUNDARY = `${APP}-personal-boundary`;

/** Role that the pipelines' deploys assume. */
export const PIPELINE_ROLE = `${APP}-pipeline`;

/** Role that the jobs of GitHub Actions assume. */
export const GITHUB_ROLE = `${APP}-github`;

/** Session Manager document that opens shells, one per region. */
export const SHELL_DOCUMENT = `${APP}-Shell`;

/** Log group that records the shells, one per region. No deployer reaches it. */
export const SHELL_LOG = `${PATH}${APP}/shell`;

/** ARN of one of these managed policies, in any account. */
export const policyArn = (name: string) => `arn:aws:iam::*:policy${PATH}${name}`;

/** ARN of one of these roles, in any account. */
export const roleArn = (name: string) => `arn:aws:iam::*:role${PATH}${name}`;

// #region quotes
/**
 * The API's login at the quotes' database, by which IAM distinguishes it from other databases'
 * logins.
 */
export const DATABASE_READER = "quotes_reader";
// #endregion quotes
