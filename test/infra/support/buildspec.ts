/**
 * What CodeBuild takes in a buildspec of version 0.2, as far as a project of a pipeline can use it:
 * https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
 */
const text = { type: "string", minLength: 1 };
const texts = { type: "array", items: text, minItems: 1 };
const variables = {
  type: "object",
  propertyNames: { pattern: "^[A-Za-z_][A-Za-z0-9_]*$", not: { pattern: "^CODEBUILD_" } },
  additionalProperties: { type: "string" },
};

const phase = {
  type: "object",
  properties: {
    "run-as": text,
    "on-failure": { enum: ["ABORT", "CONTINUE", "RETRY"] },
    commands: texts,
    finally: texts,
  },
  required: ["commands"],
  additionalProperties: false,
};

const install = {
  ...phase,
  properties: {
    ...phase.properties,
    "runtime-versions": {
      type: "object",
      propertyNames: { enum: ["dotnet", "golang", "java", "nodejs", "php", "python", "ruby"] },
      additionalProperties: { type: ["string", "number"] },
    },
  },
  required: [],
};

export const buildspecSchema = {
  type: "object",
  properties: {
    version: { const: 0.2 },
    "run-as": text,
    env: {
      type: "object",
      properties: {
        shell: { enum: ["bash", "/bin/sh"] },
        variables,
        "parameter-store": variables,
        "secrets-manager": variables,
        "exported-variables": texts,
        "git-credential-helper": { enum: ["yes", "no"] },
      },
      additionalProperties: false,
    },
    phases: {
      type: "object",
      properties: { install, pre_build: phase, build: phase, post_build: phase },
      required: ["build"],
      additionalProperties: false,
    },
    cache: {
      type: "object",
      properties: { key: text, "fallback-keys": texts, paths: texts },
      required: ["paths"],
      additionalProperties: false,
    },
  },
  required: ["version", "phases"],
  additionalProperties: false,
};

/** A buildspec that follows the schema. */
export interface Buildspec {
  env?: { shell?: string; variables?: Record<string, string> };
  phases: Record<string, { commands?: string[] }>;
  cache?: { paths: string[] };
}
