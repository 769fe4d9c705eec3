import { spawnSync } from "node:child_process";

/** As in `load/test`: where Python is missing, the linters are left out, but not in CI. */
export const hasPython =
  process.env.CI !== undefined ||
  spawnSync("python3", ["-c", "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))"])
    .status === 0;
