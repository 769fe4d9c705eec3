/**
 * Smoke: does every route work, once through, with one user?
 *
 * Closed model: one user does one thing after the other. It tests function, not load.
 *
 * @question Does every route work?
 * @model closed
 */
import type { Options } from "k6/options";
import { setUp } from "./lib/accounts.ts";
import { optionsOf } from "./lib/options.ts";
import { tearDown } from "./lib/removal.ts";
import type { Run } from "./lib/run.ts";
import { users } from "./lib/settings.ts";
import { everydayLimits, thresholds } from "./lib/thresholds.ts";
import { browse, comeAndGo, look, write } from "./lib/visits.ts";

const vus = users(1);

export const options: Options = optionsOf(
  "smoke",
  { smoke: { executor: "per-vu-iterations", vus, iterations: 3, maxDuration: "2m" } },
  thresholds({
    scenario: "smoke",
    limits: { ...everydayLimits, "DELETE /users/{id}": [5000, 8000] },
    failed: 0,
  }),
);

export const setup = () => setUp({ accounts: vus, registering: vus });
export const teardown = tearDown;

export default function smoke(run: Run): void {
  look();
  browse(run);
  write(run);
  comeAndGo(run);
}
