import { spawnSync } from "node:child_process";
import { findK6 } from "../../../scripts/load/k6.ts";

/**
 * Whether the tests can ask k6, and an emulated account. Both are programs of the system (k6;
 * Python with venv), which `.ci/run` installs; where one is missing in CI, the tests that need it
 * fail, and elsewhere they are skipped.
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
