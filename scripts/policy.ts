/**
 * `npm run --silent policy`: prints the app's IAM policies as JSON, by name.
 *
 * Needs no account. Where Pulumi makes up the end of a name, `*` stands for it; the account of the
 * roles' ARNs is 123456789012.
 */
import { checkStage, main, parseCommandLine, WrongArgument } from "./command-line.ts";
import { githubTrust } from "./policy/github.ts";
import { KINDS, type Kind, policiesOf } from "./policy/policies.ts";

const USAGE = `npm run --silent policy -- [kind] [options]

kinds, all that the stage has where none is given
  deployer                  whoever deploys
  pipeline                  the pipeline's services
  instance                  the instances
  github                    who may take the role of GitHub Actions

options
  --stage NAME              whose roles are asked (default prod)
  --account NUMBER          with github: the AWS account
  --repository OWNER/NAME   with github: the repository that deploys
  -h, --help                this text`;

await main("policy", USAGE, async (args) => {
  console.info(JSON.stringify(await print(args), null, 2));
});

async function print(args: string[]): Promise<object> {
  const { values, positionals } = parseCommandLine({
    args,
    allowPositionals: true,
    options: {
      stage: { type: "string", default: "prod" },
      account: { type: "string" },
      repository: { type: "string" },
    },
  });
  checkStage(values.stage);
  const [kind, ...others] = positionals;
  if (others.length > 0)
    throw new WrongArgument(`one kind at a time, not ${positionals.join(" ")}`);
  if (kind === "github") return github(values);
  if (kind === undefined) return all(values.stage);
  if (isKind(kind)) return policiesOf([kind], values.stage);
  throw new WrongArgument(
    `"${kind}" is no kind of policy; known are ${KINDS.join(", ")} and github`,
  );
}

function isKind(kind: string): kind is Kind {
  return (KINDS as readonly string[]).includes(kind);
}

/** A stage without a pipeline has no policies of one. */
async function all(stage: string) {
  const { stageOf } = await import("../infra/stages.ts");
  const kinds = KINDS.filter((kind) => kind !== "pipeline" || stageOf(stage).pipeline);
  return policiesOf(kinds, stage);
}

function github({ account = "", repository = "", stage }: Record<string, string | undefined>) {
  if (!/^\d{12}$/.test(account))
    throw new WrongArgument("github needs --account, the 12 digits of the AWS account");
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository))
    throw new WrongArgument("github needs --repository, like owner/name");
  return githubTrust(account, repository, stage ?? "prod");
}
