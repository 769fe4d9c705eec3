/**
 * Prints the app's IAM policies as JSON, by name: `npm run --silent policy`.
 *
 *   deployer | pipeline | instance   only these policies; all that the stage has otherwise
 *   github                           who may take the role of GitHub Actions instead
 *   --stage NAME                     whose roles are asked (prod)
 *   --account NUMBER                 with github: the AWS account
 *   --repository OWNER/NAME          with github: the repository that deploys
 *
 * Needs no account. Where Pulumi makes up the end of a name, `*` stands for it; the account of the
 * roles' ARNs is 123456789012.
 */
import { parseArgs } from "node:util";
import { githubTrust } from "./policy/github.ts";
import { KINDS, type Kind, policiesOf } from "./policy/policies.ts";

try {
  console.info(JSON.stringify(await print(), null, 2));
} catch (error) {
  console.error(`policy: ${(error as Error).message}`);
  process.exitCode = 1;
}

async function print(): Promise<object> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      stage: { type: "string", default: "prod" },
      account: { type: "string" },
      repository: { type: "string" },
    },
  });
  const [kind, ...others] = positionals;
  if (others.length > 0) throw new Error(`one kind at a time, not ${positionals.join(" ")}`);
  if (kind === "github") return github(values);
  if (kind === undefined) return all(values.stage);
  if (isKind(kind)) return policiesOf([kind], values.stage);
  throw new Error(`"${kind}" is no kind of policy; known are ${KINDS.join(", ")} and github`);
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
    throw new Error("github needs --account, the 12 digits of the AWS account");
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository))
    throw new Error("github needs --repository, like owner/name");
  return githubTrust(account, repository, stage ?? "prod");
}
