/** Auditors' findings and their answers. */

/** A check that failed on a resource. */
export interface Finding {
  /** The auditor's name of the check: `CKV_AWS_18`, `s3_bucket_lifecycle_enabled`. */
  check: string;
  /** What it checks, in the auditor's words. */
  title: string;
  /** Name or ARN of the resource. */
  resource: string;
}

/** Why a check may fail. */
export interface Answer {
  /** Same as {@link Finding.check}. */
  check: string;
  /** Resources that it covers: a regular expression on their names. @default all */
  resources?: string;
  /** First column of the line in docs/security.md with the reason. */
  control?: string;
  /** Or why it concerns the emulator and not what AWS would create. */
  artefact?: string;
}

/** Findings and answers that do not match. */
export interface Judgement {
  /** New findings, without an answer. */
  unanswered: Finding[];
  /** Answers without a finding. */
  stale: Answer[];
  /** Answers whose line is missing from the page. */
  lost: Answer[];
}

/**
 * Matches findings with answers.
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

/** One line for each finding without an answer, and for everything else to fix. */
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
