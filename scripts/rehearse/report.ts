import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { paths, root } from "./paths.ts";

/** Where the findings that are known are written down, each with its reason. */
const KNOWN_FILE = join(root, "test/rehearsal/known-findings.json");

/** A line of the report; `kind` decides which of the others are there. */
export interface ReportLine {
  kind: "call" | "recorded" | "property-not-sent" | "mixed-rules" | "failed";
  service?: string;
  operation?: string;
  type?: string;
  property?: string;
  urn?: string;
  error?: string;
  warning?: string;
  ok?: boolean;
}

/** Something that the rehearsal did not really try, and why that is accepted. */
export interface KnownFinding {
  finding: string;
  why: string;
}

export interface ReportSummary {
  calls: number;
  services: number;
  /** Known ones that came up. */
  known: string[];
  /** Those that are not in the file: fix or add them. */
  unknown: string[];
  /** Those in the file that did not come up: take them out. */
  stale: string[];
}

/** Reads what the provider's stand-in did, and compares what it could not do with what is known. */
export async function readReport(): Promise<ReportSummary> {
  const text = await readFile(paths.report, "utf8");
  const lines = text
    .split("\n")
    .filter(Boolean)
    .map((line): ReportLine => JSON.parse(line));
  return summarise(lines, JSON.parse(await readFile(KNOWN_FILE, "utf8")));
}

/** The pure part of {@link readReport}. */
export function summarise(lines: ReportLine[], known: KnownFinding[]): ReportSummary {
  const calls = lines.filter((line) => line.kind === "call");
  const found = new Set(lines.map(finding).filter((each) => each !== undefined));
  const listed = new Set(known.map((each) => each.finding));
  return {
    calls: calls.length,
    services: new Set(calls.map((line) => line.service)).size,
    known: [...found.intersection(listed)].sort(),
    unknown: [...found.difference(listed)].sort(),
    stale: [...listed.difference(found)].sort(),
  };
}

/** What a line says that a reader should know, the same text in every run; nothing for a mere call. */
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
    default:
      return undefined;
  }
}

function logicalName(urn = ""): string {
  return urn.split("::").at(-1) ?? urn;
}
