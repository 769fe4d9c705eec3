/**
 * A part of the app that `npm run drop` takes away. It has files of its own, and marked places in files that it
 * shares: the lines between `#region NAME` and `#endregion NAME`, and single lines with `drop: NAME`.
 */
export interface Feature {
  /** What goes, for people. */
  title: string;
  /** Globs of the files that are its own. */
  files: readonly string[];
  /** Its links, which `sst-env.d.ts` declares. */
  links: readonly string[];
  /** Keys of JSON files, and items of their lists, which can have no marks: paths of patterns. */
  keys: Readonly<Record<string, readonly (readonly RegExp[])[]>>;
  /** Words that should be nowhere afterwards. */
  words: RegExp;
}

const QUOTES =
  "{quotes,quotes-*,*-quotes,postgres,postgres-*,pglite,pgbouncer,coinmarketcap,collector,collector-log}";

/** By the name that the command takes. Where none is left, the command itself goes. */
export const FEATURES: Readonly<Record<string, Feature>> = {
  quotes: {
    title: "the quotes: collector, Postgres, routes, and their tests and docs",
    files: [
      `**/${QUOTES}{,.test}.{ts,md}`,
      `**/${QUOTES}/**`,
      "packages/api/src/schemas/quote.ts",
      "packages/local/src/market.ts",
      "scripts/stand-in.ts",
      "**/{database-alarms,owned-database,rds-login}.ts",
      "**/drop{,.test,.long.test}.ts",
      "**/drop/**",
    ],
    links: ["CmcApiKey", "Collector", "Postgres", "PostgresReader"],
    keys: {
      "infra/monitoring/prices.json": [
        [/^prices$/, /^rds\./],
        [/^types$/, /^aws:rds\//],
      ],
      "tools/rehearsal/audit/answers.json": [
        [/^(checkov|prowler)$/, /RDS\.|RDS rotates|the database|"rds_/],
      ],
      "tools/stage/test/policy/provider-calls.json": [
        [/^aws:rds\//],
        // The database's keys alone are granted; a table does without.
        [/^aws:dynamodb\/table/, /^sometimes$/, /^kms:/],
      ],
    },
    words:
      /\bquotes\b|quotes[A-Z_]|postgres|coinmarketcap|pglite|pgbouncer|packages\/collector|\bcollector\.(ts|md)|the collector\b|(quotes'?|market) collector/i,
  },
};
