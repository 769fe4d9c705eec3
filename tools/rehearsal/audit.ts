/**
 * `npm run audit`: compares the findings of independent auditors with the answers in
 * `docs/security.md`.
 *
 * Checkov reads the resources of the program, Prowler the emulated account that `npm run rehearse --
 * --keep` left. Exits with 1 when a finding has no answer in `tools/rehearsal/audit/answers.json`, or an answer
 * no finding.
 */
import { mkdir, readFile } from "node:fs/promises";
import { takeNoArguments } from "../common/command-line.ts";
import { checkov } from "./audit/checkov.ts";
import { type Answer, describe, type Finding, judge } from "./audit/findings.ts";
import { paths } from "./audit/paths.ts";
import { prowler } from "./audit/prowler.ts";
import { command, type Run } from "./deploy/command.ts";
import { keptEmulator } from "./deploy/emulator.ts";

const USAGE = `npm run audit

Asks Checkov and Prowler about what is deployed; each finding is fixed or answered.

  -h, --help   this text

examples
  npm run rehearse -- --keep && npm run audit

Checkov on the resources of prod and rehearsal; Prowler on the account that
"npm run rehearse -- --keep" left.`;

/** As shipped, and with every option turned on. */
const STAGES = ["prod", "rehearsal"];

await command("audit", USAGE, audit);

async function audit(args: string[], run: Run): Promise<number> {
  takeNoArguments(args);
  const emulator = await keptEmulator();
  if (!emulator)
    throw new Error('there is no account to look at; run "npm run rehearse -- --keep" before');
  await mkdir(paths.home, { recursive: true });
  return report(await find(emulator.endpoint, run));
}

async function find(
  endpoint: string,
  { processes, steps }: Run,
): Promise<Record<string, Finding[]>> {
  const found: Record<string, Finding[]> = { checkov: [], prowler: [] };
  for (const stage of STAGES) {
    found.checkov?.push(
      ...(await steps.run(`Checkov: the resources of ${stage}`, () => checkov(stage, processes))),
    );
  }
  found.prowler = await steps.run("Prowler: the rehearsal's account", () =>
    prowler(endpoint, processes),
  );
  return found;
}

async function report(found: Record<string, Finding[]>): Promise<number> {
  const answers: Record<string, Answer[]> = JSON.parse(await readFile(paths.answers, "utf8"));
  const page = await readFile(paths.page, "utf8");
  const problems = Object.entries(found).flatMap(([auditor, findings]) =>
    describe(judge(findings, answers[auditor] ?? [], page)).map((line) => `${auditor}: ${line}`),
  );
  for (const [auditor, findings] of Object.entries(found)) {
    const checks = new Set(findings.map(({ check }) => check)).size;
    console.info(`${auditor}: ${findings.length} findings of ${checks} checks`);
  }
  for (const problem of problems) console.error(problem);
  return problems.length > 0 ? 1 : 0;
}
