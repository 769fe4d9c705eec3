/** What auditors found, against what is known and answered. */

/** A check that failed on a resource. */
export interface Finding {
  /** The auditor's name of the check: `CKV_AWS_18`, `s3_bucket_lifecycle_enabled`. */
  check: string;
  /** What it asks, in the auditor's words. */
  title: string;
  /** What it failed on: a resource's name or ARN. */
  resource: string;
}

/** Why a check may fail. */
export interface Answer {
  /** As {@link Finding.check}. */
  check: string;
  /** Resources that it is the answer for: a regular expression that their names match. @default all */
  resources?: string;
  /** The line of docs/security.md that has the reason: what stands in the first column. */
  control?: string;
  /** Instead of that: why it says something of the emulator, and nothing of what AWS would make. */
  artefact?: string;
}

/** Findings and answers that do not go together. */
export interface Judgement {
  /** Findings without an answer: new ones. */
  unanswered: Finding[];
  /** Answers that nothing was found for. */
  stale: Answer[];
  /** Answers that point to a line that the page does not have. */
  lost: Answer[];
}

/**
 * Compares findings with the answers to them.
 *
 * @param page The text of docs/security.md.
 */
export function judge(findings: Finding[], answers: Answer[], page: string): Judgement {
  const controls = new Set([...page.matchAll(/^\| ([^|]+?) \|/gm)].map(([, first]) => first));
  return {
    unanswered: findings.filter((each) => !answers.some((answer) => fits(answer, each))),
    stale: answers.filter((answer) => !findings.some((each) => fits(answer, each))),
    lost: answers.filter(({ control, artefact }) => !artefact && !controls.has(control ?? "")),
  };
}

function fits({ check, resources = "" }: Answer, finding: Finding): boolean {
  return check === finding.check && new RegExp(resources).test(finding.resource);
}

/** One line for each finding without an answer, and what else is to be mended. */
export function describe({ unanswered, stale, lost }: Judgement): string[] {
  return [
    ...unanswered.map(({ check, title, resource }) => `new: ${check} on ${resource}: ${title}`),
    ...stale.map(
      ({ check, resources }) =>
        `answered, but not found any more: ${check}${resources ? ` on ${resources}` : ""}`,
    ),
    ...lost.map(({ check, control }) => `${check}: docs/security.md has no line ${control}`),
  ];
}
