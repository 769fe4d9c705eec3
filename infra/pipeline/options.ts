/** What a stage says about its pipeline, and what is allowed. */

/** File patterns of CodePipeline: `*` within a folder, `**` across folders. */
export interface PathFilter {
  /** Only a push that changes one of these starts the pipeline. */
  includes?: readonly string[];
  /** A push that changes these alone does not start it. */
  excludes?: readonly string[];
}

/**
 * How AWS gets at the repository. None of them brings a token into SST's state.
 *
 * - `connection`: a connection of AWS's app in the repository's service. `"new"` makes one, which waits
 *   until somebody authorises it in the console; or the ARN of one that is there.
 * - `credential`: CodeBuild fetches each push. `"account"` is what it has been given for the service in
 *   this account and region, a token; or the ARN of a connection, as GitLab always needs.
 * - `secret`: the ARN of a secret in Secrets Manager with a token for the service, in CodeBuild's
 *   format (`docs/pipeline.md`). It becomes CodeBuild's credential for the service in this account
 *   and region, of which there is one. Not for GitLab, to which CodeBuild goes by connections alone.
 */
export type PipelineSource = { connection: string } | { credential: string } | { secret: string };

/** A pipeline that deploys the stage on each push. */
export interface PipelineOptions {
  /** The repository as its service names it: `owner/name`. */
  repository: string;
  /** The branch whose pushes are deployed. */
  branch: string;
  /** The service that has the repository. @default "GitHub" */
  provider?: "GitHub" | "GitLab" | "Bitbucket";
  /** How AWS gets at the repository. */
  source: PipelineSource;
  /** Which pushes count, by the files that they change; with a connection only. @default each push */
  paths?: PathFilter;
  /** Wait after the checks until somebody approves. @default false */
  approval?: boolean;
}

const KEYS = ["repository", "branch", "provider", "source", "paths", "approval"];
const PROVIDERS = ["GitHub", "GitLab", "Bitbucket"];

/** As many patterns as CodePipeline takes in a list. */
const MOST_PATTERNS = 8;

const CONNECTION =
  /^arn:aws[\w-]*:(codeconnections|codestar-connections):[\w-]+:\d{12}:connection\/[\w-]+$/;
const SECRET = /^arn:aws[\w-]*:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]+$/;

/** What is wrong with a stage's `pipeline`, in words that follow its value; nothing if it is right. */
export function pipelineProblem(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (!isRecord(value)) return "it must be an object with repository, branch and source";
  const unknown = Object.keys(value).find((key) => !KEYS.includes(key));
  if (unknown) return `"${unknown}" is not an option of it; known are ${KEYS.join(", ")}`;
  const { repository, branch, provider = "GitHub", source, paths, approval = false } = value;
  if (!matches(repository, /^[\w.-]+(\/[\w.-]+)+$/)) return 'repository must be like "owner/name"';
  if (!matches(branch, /^[\w.-]+(\/[\w.-]+)*$/)) return "branch must be the name of one branch";
  if (!PROVIDERS.includes(provider as string))
    return `provider must be ${PROVIDERS.map((each) => `"${each}"`).join(" or ")}`;
  if (typeof approval !== "boolean") return "approval must be true or false";
  return sourceProblem(source, provider as string) ?? pathsProblem(paths, source);
}

function sourceProblem(source: unknown, provider: string): string | undefined {
  const allowed =
    'source must be one of { connection: "new" }, { connection: "arn:aws:codeconnections:…" }, ' +
    '{ credential: "account" }, { credential: "arn:aws:codeconnections:…" } and { secret: "arn:aws:secretsmanager:…" }';
  if (!isRecord(source) || Object.keys(source).length !== 1) return allowed;
  const { connection, credential, secret } = source;
  const right =
    connection === "new" ||
    matches(connection, CONNECTION) ||
    credential === "account" ||
    matches(credential, CONNECTION) ||
    matches(secret, SECRET);
  if (!right) return allowed;
  const token = secret || credential === "account";
  return token && provider === "GitLab" ? "GitLab needs a source with a connection" : undefined;
}

function pathsProblem(paths: unknown, source: unknown): string | undefined {
  if (paths === undefined) return undefined;
  if (!(source as Record<string, unknown>).connection)
    return "paths need a source with a connection: CodeBuild's webhooks know no such patterns";
  const lists = isRecord(paths) ? Object.entries(paths) : [];
  const right =
    lists.length > 0 &&
    lists.every(([key, list]) => ["includes", "excludes"].includes(key) && isPatterns(list));
  if (right) return undefined;
  return `paths must have includes, excludes or both, lists of 1 to ${MOST_PATTERNS} patterns such as "docs/**"`;
}

function isPatterns(list: unknown): boolean {
  return (
    Array.isArray(list) &&
    list.length >= 1 &&
    list.length <= MOST_PATTERNS &&
    list.every((each) => matches(each, /^.{1,255}$/))
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function matches(value: unknown, pattern: RegExp): value is string {
  return typeof value === "string" && pattern.test(value);
}
