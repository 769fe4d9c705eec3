/** A stage's pipeline options and their rules. */
import { type Static, Type } from "@sinclair/typebox";
import { Options } from "../stages/schema.ts";

const CONNECTION =
  "arn:aws[\\w-]*:(codeconnections|codestar-connections):[\\w-]+:\\d{12}:connection/[\\w-]+";

/** Most patterns in one of CodePipeline's lists. */
const MOST_PATTERNS = 8;

const Patterns = Type.Unsafe<readonly string[]>(
  Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
    minItems: 1,
    maxItems: MOST_PATTERNS,
  }),
);

/**
 * How AWS reaches the repository. None of them puts a token into SST's state.
 *
 * - `connection`: a connection of AWS's app in the repository's service. `"new"` creates one, which waits
 *   until somebody authorises it in the console; or the ARN of an existing one.
 * - `credential`: CodeBuild fetches each push. `"account"` is the token that CodeBuild has for the service
 *   in this account and region; or the ARN of a connection, which GitLab always needs.
 * - `secret`: the ARN of a secret in Secrets Manager with a token for the service, in CodeBuild's
 *   format (`docs/pipeline.md`). It becomes CodeBuild's only credential for the service in this account
 *   and region. Not for GitLab, which CodeBuild reaches by connections only.
 */
const PipelineSource = Type.Union(
  [
    Options({ connection: Type.String({ pattern: `^(new|${CONNECTION})$` }) }, ""),
    Options({ credential: Type.String({ pattern: `^(account|${CONNECTION})$` }) }, ""),
    Options(
      {
        secret: Type.String({
          pattern: "^arn:aws[\\w-]*:secretsmanager:[\\w-]+:\\d{12}:secret:[\\w/+=.@-]+$",
        }),
      },
      "",
    ),
  ],
  {
    rule:
      'source must be one of { connection: "new" }, { connection: "arn:aws:codeconnections:…" }, ' +
      '{ credential: "account" }, { credential: "arn:aws:codeconnections:…" } and { secret: "arn:aws:secretsmanager:…" }',
  },
);

export type PipelineSource = Static<typeof PipelineSource>;

/** A pipeline that deploys the stage on each push. */
export const PipelineOptions = Options(
  {
    /** The repository as its service names it: `owner/name`. */
    repository: Type.String({
      pattern: "^[\\w.-]+(/[\\w.-]+)+$",
      rule: 'repository must be like "owner/name"',
    }),
    /** The branch whose pushes are deployed. */
    branch: Type.String({
      pattern: "^[\\w.-]+(/[\\w.-]+)*$",
      rule: "branch must be the name of one branch",
    }),
    /** The service that has the repository. @default "GitHub" */
    provider: Type.Optional(
      Type.Union([Type.Literal("GitHub"), Type.Literal("GitLab"), Type.Literal("Bitbucket")], {
        rule: 'provider must be "GitHub" or "GitLab" or "Bitbucket"',
      }),
    ),
    /** How AWS reaches the repository. */
    source: PipelineSource,
    /**
     * Which pushes start the pipeline, by the files that they change; with a connection only. Patterns are
     * CodePipeline's: `*` within a folder, `**` across folders. @default each push
     */
    paths: Type.Optional(
      Type.Object(
        {
          /** Only a push that changes one of these starts the pipeline. */
          includes: Type.Optional(Patterns),
          /** A push that changes only these does not start it. */
          excludes: Type.Optional(Patterns),
        },
        {
          additionalProperties: false,
          minProperties: 1,
          rule: `paths must have includes, excludes or both, lists of 1 to ${MOST_PATTERNS} patterns such as "docs/**"`,
        },
      ),
    ),
    /** Wait after the checks until somebody approves. @default false */
    approval: Type.Optional(Type.Boolean({ rule: "approval must be true or false" })),
  },
  "it must be an object with repository, branch and source",
);

export type PipelineOptions = Static<typeof PipelineOptions>;

/**
 * What a pipeline's options require of each other, in words that follow the value; undefined if it
 * is right.
 */
export function pipelineProblem({ source, provider, paths }: PipelineOptions): string | undefined {
  if ("connection" in source) return undefined;
  if (paths)
    return "paths need a source with a connection: CodeBuild's webhooks know no such patterns";
  const token = "secret" in source || source.credential === "account";
  return token && provider === "GitLab" ? "GitLab needs a source with a connection" : undefined;
}
