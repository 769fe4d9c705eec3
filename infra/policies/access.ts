/**
 * What the account keeps for whoever deploys: made once by whoever sets up the account, and out of a
 * deployer's reach. Its path tells it from what the app makes: `role/steadfast-*` does not match it.
 */
import { APP } from "./grant.ts";

/** Path of the policies and roles. */
export const PATH = "/access/";

/** Name of the managed policy that bounds every role of the app. */
export const BOUNDARY = `${APP}-boundary`;

/** The same for stages that are nobody's production: it keeps their roles from what production has. */
export const PERSONAL_BOUNDARY = `${APP}-personal-boundary`;

/** Name of the role that the pipelines' deploys take. */
export const PIPELINE_ROLE = `${APP}-pipeline`;

/** Name of the role that the jobs of GitHub Actions take. */
export const GITHUB_ROLE = `${APP}-github`;

/** Name of the document that installs the CloudWatch agent, one a region. */
export const AGENT_DOCUMENT = `${APP}-InstallAgent`;

/** Name of the document by which shells are opened, one a region: Session Manager's preferences for them. */
export const SHELL_DOCUMENT = `${APP}-Shell`;

/** Name of the log group that has what is typed and shown in them, one a region. No deployer reaches it. */
export const SHELL_LOG = `${PATH}${APP}/shell`;

/** ARN of a managed policy of them, in whatever account. */
export const policyArn = (name: string) => `arn:aws:iam::*:policy${PATH}${name}`;

/** ARN of a role of them, in whatever account. */
export const roleArn = (name: string) => `arn:aws:iam::*:role${PATH}${name}`;

/** The login of the quotes' database that the API has, by which IAM tells it from other databases'. */
export const DATABASE_READER = "quotes_reader";
