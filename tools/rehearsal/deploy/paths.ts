import { join } from "node:path";
import { root } from "../../common/root.ts";

/** What rehearsals keep between runs and for inspection; `.data/` is ignored by git. */
const home = join(root, ".data/rehearsal");

export const paths = {
  home,
  /** The copy of the checkout that is deployed. */
  app: join(home, "app"),
  /** The emulator's Python packages. */
  venv: join(home, "venv"),
  emulator: join(root, "tools/rehearsal/emulator"),
  /** Tells the running emulator how instance refreshes end. */
  control: join(home, "control.json"),
  /** One file per command, numbered in order. */
  logs: join(home, "logs"),
  /** Every call that reached the emulator, as JSON lines. */
  calls: join(home, "calls.jsonl"),
  /** What the AWS provider found or could not do, as JSON lines. */
  report: join(home, "report.jsonl"),
  /** The emulator that `--keep` left running. */
  kept: join(home, "kept.json"),
} as const;
