import { defineConfig } from "vitest/config";
import { LONG, PATIENCE } from "./vitest.config.ts";

/** Other people's frameworks: on an instance, and beside this API in the bench. */
export default defineConfig({
  test: {
    include: LONG,
    globalSetup: [
      "test/support/dynamodb.ts",
      "test/support/postgres.ts", // drop: quotes
    ],
    setupFiles: ["test/support/links.ts"],
    ...PATIENCE,
  },
});
