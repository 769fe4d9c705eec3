import { spawnSync } from "node:child_process";
import { findK6 } from "../../runner/k6.ts";

/**
 * Whether k6 and an emulated account are available. Both need system programs (k6; Python with
 * venv), which `.ci/run` installs. If one is missing, the tests that need it fail in CI and are
 * skipped elsewhere.
 */
export const hasK6 = process.env.CI !== undefined || finds(findK6);
export const hasPython =
  process.env.CI !== undefined ||
  spawnSync("python3", ["-c", "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))"])
    .status === 0;

function finds(find: () => unknown): boolean {
  try {
    find();
    return true;
  } catch {
    return false;
  }
}
