/** Identifies a run in its report, so that only like runs are compared. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FinishedRun } from "./markdown.ts";

/** In a report's folder. */
export const RUN_FILE = "run.json";

/** What two comparable runs have in common. */
export interface Identity {
  scenario: string;
  url: string;
  stage?: string;
  parameters: Record<string, string>;
}

export function identityOf({ scenario, url, stage, parameters }: FinishedRun): Identity {
  return { scenario, url, ...(stage && { stage }), parameters };
}

/** @returns `undefined` for a report without that file */
export async function readIdentity(folder: string): Promise<Identity | undefined> {
  const text = await readFile(join(folder, RUN_FILE), "utf8").catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

/** Differences of two runs, a line each; a local stack's port is none. */
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
