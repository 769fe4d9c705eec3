import { type ContextEntry, IAM, paginateSimulatePrincipalPolicy } from "@aws-sdk/client-iam";
import { deployerGrants } from "../../../../infra/policies/deployer.ts";
import { type Condition, policyOf } from "../../../../infra/policies/grant.ts";
import { stageOf } from "../../../../infra/stages.ts";
import { type Check, fault, isRefusal, note, ok, type Patient } from "../check.ts";
import { options } from "../clients.ts";

/** Calls that are simulated together: on one resource, under one condition. */
interface Question {
  actions: string[];
  resource: string;
  context: ContextEntry[];
}

/** Most calls named on one line. */
const NAMED = 6;

/** Whether the credentials have the deployer's printed policies, or equivalent rights. */
export const rights: Check = {
  name: "rights",
  async look(patient) {
    if (patient.principal.endsWith(":root")) return ok("the root user may do everything");
    const iam = new IAM(options(patient.region));
    const questions = questionsOf(patient);
    try {
      const source = await policySource(iam, patient.principal);
      const denied = (await inTurn(questions, (each) => deniedOf(iam, source, each))).flat();
      const asked = questions.reduce((sum, { actions }) => sum + actions.length, 0);
      if (denied.length === 0) return ok(`all ${asked} calls of a deploy are allowed`);
      const others = denied.length > NAMED ? ` and ${denied.length - NAMED} more` : "";
      return fault(
        `${denied.slice(0, NAMED).join(", ")}${others} not allowed, of ${asked} calls of a deploy`,
        "attach the policies of docs/deploy.md; an organization's policy or a boundary may deny them, too",
      );
    } catch (error) {
      if (isRefusal(error))
        return note(
          "may not be simulated with these credentials",
          "allow iam:SimulatePrincipalPolicy to see them here",
        );
      throw error;
    }
  },
};

/**
 * The calls of a deploy, each on a resource that the stage may have; a retained stage needs more.
 */
export function questionsOf({
  account,
  region,
  stage,
}: Pick<Patient, "account" | "region" | "stage">): Question[] {
  const { retain, pipeline } = stageOf(stage);
  const policies = Object.entries(deployerGrants(retain || pipeline ? "production" : "personal"));
  const statements = policies
    .filter(([name]) => !name.endsWith("-doctor"))
    .flatMap(([, grants]) => policyOf(grants).Statement)
    .filter(({ Effect }) => Effect === "Allow");
  return statements.map(({ Action, Resource, Condition }) => ({
    actions: Action,
    resource: exampleOf(Resource[0] ?? "*", { account, region, stage }),
    context: contextOf(Condition, { account, region, stage }),
  }));
}

/** Values for example ARNs. */
type Place = Pick<Patient, "account" | "region" | "stage">;

/** An ARN that matches a pattern, because simulation does not take patterns. */
function exampleOf(pattern: string, { account, region, stage }: Place): string {
  if (pattern === "*") return "*";
  const [arn, partition, service, place = "", owner = "", ...rest] = pattern.split(":");
  return [
    arn,
    partition,
    service,
    place === "*" ? region : place,
    owner === "*" ? account : owner,
    rest.join(":").replaceAll("-*", `-${stage}-x`).replaceAll("*", "x"),
  ].join(":");
}

/** Context that satisfies a statement's condition, as the deploy would provide it. */
function contextOf(condition: Condition = {}, place: Place): ContextEntry[] {
  return Object.entries(condition)
    .filter(([operator]) => operator !== "Null")
    .flatMap(([operator, each]) =>
      Object.entries(each).map(([ContextKeyName, value]) => ({
        ContextKeyName,
        ContextKeyType: typeOf(operator),
        ContextKeyValues: [exampleValue([value].flat()[0] ?? "", place)],
      })),
    );
}

function typeOf(operator: string): ContextEntry["ContextKeyType"] {
  if (operator === "Bool") return "boolean";
  return operator.startsWith("ForA") ? "stringList" : "string";
}

function exampleValue(value: string, place: Place): string {
  return value.startsWith("arn:") ? exampleOf(value, place) : value.replaceAll("*", "x");
}

async function deniedOf(iam: IAM, source: string, question: Question): Promise<string[]> {
  const denied: string[] = [];
  const pages = paginateSimulatePrincipalPolicy(
    { client: iam },
    {
      PolicySourceArn: source,
      ActionNames: question.actions,
      ResourceArns: [question.resource],
      ContextEntries: question.context,
    },
  );
  for await (const { EvaluationResults = [] } of pages)
    for (const { EvalActionName = "", EvalDecision } of EvaluationResults)
      if (EvalDecision !== "allowed") denied.push(EvalActionName);
  return denied;
}

/** Whose policies apply: for a session its role, whose ARN has a path that the session's lacks. */
async function policySource(iam: IAM, principal: string): Promise<string> {
  const role = /:assumed-role\/([^/]+)\//.exec(principal)?.[1];
  if (!role) return principal;
  const { Role } = await iam.getRole({ RoleName: role });
  return Role?.Arn ?? principal;
}

/** Sequentially: IAM allows few simulations per second. */
async function inTurn<In, Out>(items: In[], action: (item: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = [];
  for (const item of items) results.push(await action(item));
  return results;
}
