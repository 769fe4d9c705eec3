/** The scenarios, read from the comments that their files begin with. */
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { root } from "../../tools/common/root.ts";

/** A scenario's purpose and load model. */
export interface Scenario {
  /** The question that it answers. */
  question: string;
  /**
   * Closed: a fixed number of users who wait for each answer (`--vus`). Open: visits arrive at a
   * fixed rate whatever the API does (`--rate`).
   */
  model: "open" | "closed";
}

/** `Smoke: does every route work?`, and further down `Open model` or `Closed model`. */
const COMMENT = /^\/\*\*\n \* \w+: (?<question>[^?]+\?).*?^ \* (?<model>Open|Closed) model\b/ms;

/** By the name of the file. */
export const scenarios: Record<string, Scenario> = Object.fromEntries(
  globSync("*.ts", { cwd: join(root, "load") })
    .sort()
    .map((file) => [basename(file, ".ts"), describe(file)]),
);

function describe(file: string): Scenario {
  const found = COMMENT.exec(readFileSync(join(root, "load", file), "utf8"))?.groups;
  if (!found?.question)
    throw new Error(`load/${file} must begin with a comment that has its question and its model.`);
  const question = found.question.replace(/\s+\*?\s*/g, " ");
  return {
    question: `${question[0]?.toUpperCase()}${question.slice(1)}`,
    model: found.model === "Open" ? "open" : "closed",
  };
}
