/** What a run was of, kept beside its numbers, so that two runs are compared that can be. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FinishedRun } from "./markdown.ts";

/** In a report's folder. */
export const RUN_FILE = "run.json";

/** What must be the same for two runs to be compared. */
export interface Identity {
  scenario: string;
  url: string;
  stage?: string;
  parameters: Record<string, string>;
}

export function identityOf({ scenario, url, stage, parameters }: FinishedRun): Identity {
  return { scenario, url, ...(stage && { stage }), parameters };
}

/** @returns nothing for a report that was made before there were such files */
export async function readIdentity(folder: string): Promise<Identity | undefined> {
  const text = await readFile(join(folder, RUN_FILE), "utf8").catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

/** What makes two runs unlike, in a line each; the address of a local stack does not. */
export function differences(before: Identity, after: Identity): string[] {
  const names = [...Object.keys(before.parameters), ...Object.keys(after.parameters)];
  const pairs: [name: string, before: string, after: string][] = [
    ["scenario", before.scenario, after.scenario],
    ["target", targetOf(before), targetOf(after)],
    ...[...new Set(names)].map((name): [string, string, string] => [
      `--${name}`,
      before.parameters[name] ?? "the scenario's",
      after.parameters[name] ?? "the scenario's",
    ]),
  ];
  return pairs.flatMap(([name, a, b]) => (a === b ? [] : [`${name}: ${a}, then ${b}`]));
}

function targetOf({ url, stage }: Identity): string {
  const host = new URL(url).hostname;
  return stage ? `stage ${stage}` : host;
}
