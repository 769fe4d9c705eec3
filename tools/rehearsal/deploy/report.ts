import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../common/root.ts";
import type { Provider } from "./engine.ts";
import { paths } from "./paths.ts";

/** Known findings, each with its reason. */
const KNOWN_FILE = join(root, "tools/rehearsal/deploy/known-findings.json");

/** A line of the provider's report; `kind` decides which members it has. */
export interface ReportLine {
  kind:
    | "call"
    | "recorded"
    | "property-not-sent"
    | "mixed-rules"
    | "failed"
    | "warning"
    | "difference";
  service?: string;
  operation?: string;
  type?: string;
  property?: string;
  urn?: string;
  error?: string;
  /** Of a difference: what was, and what is wanted. */
  changes?: unknown;
  /** What the provider says. */
  warning?: string;
}

/** A call that reached the emulator; `tools/rehearsal/README.md` describes its other members. */
export interface Call {
  service: string;
  operation: string;
  /** The region of the signature. */
  region: string;
  /** The caller's access key ID. */
  key: string;
  status: number;
  /** Names, IDs and tags in the request. */
  hints: Record<string, string>;
  /** In EC2: the tags of what the request names, by ID; of secrets, by ARN. */
  tags?: Record<string, Record<string, string>>;
  /** For AssumeRole: the access key ID issued. */
  issued?: string;
}

/** Something that the rehearsal did not really test, and why that is accepted. */
export interface KnownFinding {
  finding: string;
  why: string;
  /** Providers with this finding. @default all that write a report */
  providers?: Provider[];
}

export interface Findings {
  /** Known findings that occurred. */
  known: string[];
  /** New findings: fix or add them. */
  unknown: string[];
  /** Known findings that did not occur: remove them. */
  stale: string[];
}

/** Compares what the provider found or could not do with the known findings. */
export async function readFindings(provider: Provider): Promise<Findings> {
  const known: KnownFinding[] = JSON.parse(await readFile(KNOWN_FILE, "utf8"));
  const expected = known.filter(({ providers }) => providers?.includes(provider) ?? true);
  return compareFindings(await readLines<ReportLine>(paths.report), expected);
}

/**
 * Differences that the provider has found so far, each time that it compared a resource with its
 * state.
 */
export async function readDifferences(): Promise<string[]> {
  const lines = await readLines<ReportLine>(paths.report);
  return lines
    .filter(({ kind }) => kind === "difference")
    .map(({ urn, changes }) => `${logicalName(urn)} ${JSON.stringify(changes)}`);
}

/** Numbers of calls and services so far. */
export async function countCalls(): Promise<{ calls: number; services: number }> {
  const calls = await readLines<Call>(paths.calls);
  return { calls: calls.length, services: new Set(calls.map((each) => each.service)).size };
}

/** Every call so far. */
export function readCalls(): Promise<Call[]> {
  return readLines<Call>(paths.calls);
}

async function readLines<T>(file: string): Promise<T[]> {
  const lines = (await readFile(file, "utf8")).split("\n").filter(Boolean);
  return lines.map((line): T => JSON.parse(line));
}

/** The pure part of {@link readFindings}. */
export function compareFindings(lines: ReportLine[], known: KnownFinding[]): Findings {
  const found = new Set(lines.map(finding).filter((each) => each !== undefined));
  const listed = new Set(known.map((each) => each.finding));
  return {
    known: [...found.intersection(listed)].sort(),
    unknown: [...found.difference(listed)].sort(),
    stale: [...listed.difference(found)].sort(),
  };
}

/** A finding's text, the same in every run; undefined for expected lines. */
function finding(line: ReportLine): string | undefined {
  switch (line.kind) {
    case "recorded":
      return `kept in state only: ${line.type ?? `${line.service} ${line.operation}`}`;
    case "property-not-sent":
      return `not sent: ${line.type} ${line.property}`;
    case "mixed-rules":
      return `rules of two kinds: ${logicalName(line.urn)}`;
    case "failed":
      return `failed: ${logicalName(line.urn)}: ${line.error}`;
    case "warning":
      return `warning: ${logicalName(line.urn)}: ${line.warning}`;
    default:
      return undefined;
  }
}

function logicalName(urn = ""): string {
  return urn.split("::").at(-1) ?? urn;
}
