import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        // Everything that runs against the local DynamoDB.
        test: {
          name: "packages",
          include: ["packages/*/test/**/*.test.ts"],
          globalSetup: ["test/support/dynamodb.ts"],
          setupFiles: ["test/support/links.ts"],
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
    ],
    coverage: {
      include: ["packages/*/src/**", "infra/**", "scripts/**"],
      reporter: ["text", "html", "json-summary"],
    },
  },
});
