import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** The scenarios, as k6 runs them. */
export const scenarioFile = (scenario: string) => join(root, "load", `${scenario}.ts`);

/** One folder a run; ignored by git. */
export const reports = join(root, "load/reports");
