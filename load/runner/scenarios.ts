import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { scenarioFile } from "./paths.ts";

/** A scenario's purpose and load model, as the comment at the head of its file says. */
export interface Scenario {
  /** The question that it answers: `@question`. */
  question: string;
  /**
   * `@model`. Closed: a fixed number of users who wait for each answer (`--vus`). Open: visits arrive
   * at a fixed rate whatever the API does (`--rate`).
   */
  model: "open" | "closed";
}

/** Every scenario, by name: one for each file `load/NAME.ts`. */
export const scenarios: Record<string, Scenario> = Object.fromEntries(
  globSync(scenarioFile("*")).sort().map(readScenario),
);

function readScenario(file: string): [name: string, Scenario] {
  const [head = ""] = /^\/\*\*.*?\*\//s.exec(readFileSync(file, "utf8")) ?? [];
  const [, question] = /^ \* @question (.+)$/m.exec(head) ?? [];
  const [, model] = /^ \* @model (open|closed)$/m.exec(head) ?? [];
  const name = basename(file, ".ts");
  if (question && model) return [name, { question, model: model as Scenario["model"] }];
  throw new Error(`load/${name}.ts must begin with a comment that has @question and @model.`);
}
