/**
 * Draws the dashboard for the docs: `node scripts/dashboard.ts` writes `docs/images/dashboard.svg`.
 *
 * What is drawn is the definition that CloudWatch gets, widget by widget: places, titles, series,
 * scales, limits. The curves are made up, and the picture says so.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dashboardBody } from "../infra/monitoring/dashboard.ts";
import { draw } from "./dashboard/draw.ts";
import { EXAMPLE } from "./dashboard/example.ts";

const file = join(import.meta.dirname, "../docs/images/dashboard.svg");
await writeFile(file, draw(dashboardBody(EXAMPLE).widgets));
console.info(`Drawn: ${file}`);
