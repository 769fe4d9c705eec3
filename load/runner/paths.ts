import { join } from "node:path";
import { root } from "../../tools/common/root.ts";

/** The scenario's file. */
export const scenarioFile = (scenario: string) => join(root, "load", `${scenario}.ts`);

/** A folder per run; ignored by git. */
export const reports = join(root, "load/reports");
