/**
 * `npm run --silent policy`: prints the app's IAM policies as JSON by name, or the CloudFormation
 * template that installs the deployers' policies in an account.
 *
 * Needs no account. `*` stands for the random end of names; the account in the roles' ARNs is
 * 123456789012.
 */
import { checkStage, main, parseCommandLine, WrongArgument } from "../common/command-line.ts";
import { type GitHubJobs, githubTrust } from "./policy/github.ts";
import { KINDS, type Kind, policiesOf } from "./policy/policies.ts";

const USAGE = `npm run --silent policy -- [kind] [options]

Prints the IAM policies of deployers, of the pipeline and of the instances.

kinds, all that the stage has where none is given
  bootstrap                 who sets up an account, once
  production                who deploys every stage
  personal                  who deploys the stages that are not retained
  shell                     who opens shells on instances
  boundary                  the most that the roles of a stage may do
  pipeline                  the pipeline's services
  instance                  the instances
  github                    who may assume the role of GitHub Actions
  template                  the access stack: CloudFormation for the deployers and the pipeline

options
  --stage NAME              whose roles to print; GitHub's environment (default prod)
  --account NUMBER          with github: the AWS account
  --repository OWNER/NAME   with github and template: the repository that deploys by GitHub Actions
  --repository-ids ID/ID    with it: GitHub's permanent numbers of both
  -h, --help                this text

examples
  npm run --silent policy -- personal
  npm run --silent policy -- template > access.json`;

await main("policy", USAGE, async (args) => {
  const printed = await print(args);
  // CloudFormation allows 51,200 characters, including white space.
  console.info(JSON.stringify(printed, null, "Resources" in printed ? 0 : 2));
});

async function print(args: string[]): Promise<object> {
  const { values, positionals } = parseCommandLine({
    args,
    allowPositionals: true,
    options: {
      stage: { type: "string", default: "prod" },
      account: { type: "string" },
      repository: { type: "string" },
      "repository-ids": { type: "string" },
    },
  });
  checkStage(values.stage);
  const [kind, ...others] = positionals;
  if (others.length > 0)
    throw new WrongArgument(`one kind at a time, not ${positionals.join(" ")}`);
  if (kind === "github") return github(values);
  if (kind === "template") return template(values);
  if (kind === undefined) return all(values.stage);
  if (isKind(kind)) return policiesOf([kind], values.stage);
  throw new WrongArgument(
    `"${kind}" is no kind of policy; known are ${KINDS.join(", ")}, github and template`,
  );
}

function isKind(kind: string): kind is Kind {
  return (KINDS as readonly string[]).includes(kind);
}

/** A stage without a pipeline has no pipeline policies. */
async function all(stage: string) {
  const { stageOf } = await import("../../infra/stages.ts");
  const kinds = KINDS.filter((kind) => kind !== "pipeline" || stageOf(stage).pipeline);
  return policiesOf(kinds, stage);
}

interface GitHubOptions {
  stage: string;
  account?: string;
  repository?: string;
  "repository-ids"?: string;
}

function github({ account = "", ...options }: GitHubOptions) {
  if (!/^\d{12}$/.test(account))
    throw new WrongArgument("github needs --account, the 12 digits of the AWS account");
  if (!options.repository) throw new WrongArgument("github needs --repository, like owner/name");
  return githubTrust(account, jobs(options.repository, options));
}

async function template(options: GitHubOptions) {
  const { accessTemplate } = await import("./policy/template.ts");
  return accessTemplate(options.repository ? jobs(options.repository, options) : undefined);
}

function jobs(repository: string, { stage, "repository-ids": ids }: GitHubOptions): GitHubJobs {
  if (!/^[\w-]+\/[\w.-]+$/.test(repository))
    throw new WrongArgument(`--repository is "${repository}"; it must be like owner/name`);
  if (ids === undefined) return { repository, environment: stage };
  const [, owner, name] = ids.match(/^(\d+)\/(\d+)$/) ?? [];
  if (!owner || !name)
    throw new WrongArgument(`--repository-ids is "${ids}"; it must be two numbers like 12/345`);
  return { repository, environment: stage, ids: { owner, repository: name } };
}
