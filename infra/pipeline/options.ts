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
 * How AWS reaches the repository; no token is in SST's state.
 *
 * - `connection`: a connection of AWS's app; `"new"` creates one, which waits until somebody
 *   authorises it in the console.
 * - `credential`: CodeBuild fetches each push, with the token that it has for the service
 *   (`"account"`) or a connection, which GitLab always needs.
 * - `secret`: the ARN of a secret with a token (`docs/pipeline.md`), which becomes CodeBuild's only
 *   credential for the service in this account and region. Not for GitLab.
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
    /** `owner/name`. */
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
    source: PipelineSource,
    /**
     * Which pushes start the pipeline, by the files that they change; with a connection only.
     * Patterns are CodePipeline's: `*` within a folder, `**` across folders. @default each push
     */
    paths: Type.Optional(
      Type.Object(
        {
          /** A push must change one of these. */
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

/** What the options require of each other, in words that follow the value. */
export function pipelineProblem({ source, provider, paths }: PipelineOptions): string | undefined {
  if ("connection" in source) return undefined;
  if (paths)
    return "paths need a source with a connection: CodeBuild's webhooks know no such patterns";
  const token = "secret" in source || source.credential === "account";
  return token && provider === "GitLab" ? "GitLab needs a source with a connection" : undefined;
}
