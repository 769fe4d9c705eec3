import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        // Everything that runs against the local DynamoDB.
        test: {
          name: "packages",
          include: ["packages/*/test/**/*.test.ts", "test/*.test.ts"],
          globalSetup: ["test/support/dynamodb.ts"],
          setupFiles: ["test/support/links.ts"],
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
      {
        // What is built, and what an instance does with it.
        test: {
          name: "boot",
          include: ["test/build/**/*.test.ts", "test/boot-unit/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
    coverage: {
      include: ["packages/*/src/**", "infra/**", "scripts/**"],
      reporter: ["text", "html", "json-summary"],
    },
  },
});
