/**
 * `npm run doctor`: checks whether the account of the credentials is ready for a deploy of a stage.
 *
 * Read-only. Exits with 0; with 1 when a deploy would fail; with 2 for a wrong argument.
 */
import { styleText } from "node:util";
import { checkStage, main, parseCommandLine, WrongArgument } from "../common/command-line.ts";
import type { Outcome } from "./doctor/check.ts";
import { examine, type Said } from "./doctor/examine.ts";

const USAGE = `npm run doctor -- --stage NAME [options]

Checks the account, read-only: would a deploy of the stage succeed, and the next one?

  --stage NAME   the stage that is to be deployed
  --json         the findings as JSON
  -h, --help     this text

examples
  npm run doctor -- --stage ada`;

const MARKS: Record<Outcome, [mark: string, colour: "green" | "yellow" | "red"]> = {
  ok: ["✓", "green"],
  note: ["!", "yellow"],
  fault: ["✗", "red"],
};

await main("doctor", USAGE, async (args) => {
  const { stage, json } = readArguments(args);
  const said = await examine(stage, json ? () => {} : print);
  const faults = said.filter(({ outcome }) => outcome === "fault").length;
  if (json)
    console.info(JSON.stringify({ stage, deployable: faults === 0, findings: said }, null, 2));
  else console.info(faults === 0 ? `\nStage ${stage} can be deployed.` : `\n${summary(faults)}`);
  return faults === 0 ? 0 : 1;
});

function readArguments(args: string[]): { stage: string; json: boolean } {
  const { values } = parseCommandLine({
    args,
    options: { stage: { type: "string" }, json: { type: "boolean", default: false } },
  });
  if (!values.stage)
    throw new WrongArgument("--stage is missing; say which stage is to be deployed");
  checkStage(values.stage);
  return { stage: values.stage, json: values.json };
}

function print({ check, outcome, found, todo }: Said): void {
  const [mark, colour] = MARKS[outcome];
  const advice = todo ? ` → ${todo}` : "";
  console.info(`${styleText(colour, mark)} ${check}: ${found}${styleText("dim", advice)}`);
}

function summary(faults: number): string {
  return `${faults} ${faults === 1 ? "thing stands" : "things stand"} in the way of a deploy.`;
}
