/** The stand-in has no CloudFront, so its stages serve plain HTTP. */
import { appendFile, copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { stages } from "../../../infra/stages.ts";
import { paths } from "./paths.ts";

const PLAIN = { edge: undefined, http: true };

/** Turns CloudFront off in the stages of the copy, and of the checks, for the whole rehearsal. */
export async function takeEdge(): Promise<void> {
  for (const stage of Object.values(stages)) if (!stage.domain) Object.assign(stage, PLAIN);
  await appendFile(fileOfStages(), `\n${CODE}\n`);
}

/** Turns CloudFront off in the stages of the copy while something runs. */
export async function withoutEdge<Result>(run: () => Promise<Result>): Promise<Result> {
  const file = fileOfStages();
  await copyFile(file, `${file}.kept`);
  try {
    await appendFile(file, `\n${CODE}\n`);
    return await run();
  } finally {
    await copyFile(`${file}.kept`, file);
    await rm(`${file}.kept`);
  }
}

/** The same as code for the deployed program, which reads its stages again. */
const CODE = `for (const stage of Object.values(stages))
  Object.assign(stage, { edge: undefined, http: stage.domain ? undefined : true });`;

function fileOfStages(): string {
  return join(paths.app, "infra/stages.ts");
}
