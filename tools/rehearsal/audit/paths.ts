import { join } from "node:path";
import { root } from "../../common/root.ts";

export const paths = {
  /** Installed tools and their output; `.data/` is ignored by git. */
  home: join(root, ".data/audit"),
  /** The auditors' pinned packages. */
  requirements: join(root, "tools/rehearsal/audit"),
  /** Answers to findings. */
  answers: join(root, "tools/rehearsal/audit/answers.json"),
  /** The page with the reasons. */
  page: join(root, "docs/security.md"),
} as const;
