import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** The scenario's file. */
export const scenarioFile = (scenario: string) => join(root, "load", `${scenario}.ts`);

/** A folder per run; ignored by git. */
export const reports = join(root, "load/reports");
