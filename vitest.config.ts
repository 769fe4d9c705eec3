import { defineConfig } from "vitest/config";

/** Where `sst install` puts SST's components and the one instance of Pulumi that they share. */
const PLATFORM = `${import.meta.dirname}/.sst/platform`;

export default defineConfig({
  test: {
    projects: [
      {
        // Everything that runs against the local DynamoDB.
        test: {
          name: "packages",
          include: ["packages/*/test/**/*.test.ts", "test/*.test.ts"],
          globalSetup: ["test/support/dynamodb.ts", "test/support/postgres.ts"],
          setupFiles: ["test/support/links.ts"],
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
      {
        // The program that SST runs, under Pulumi's mocks.
        resolve: {
          alias: [{ find: /^@pulumi\/(.*)$/, replacement: `${PLATFORM}/node_modules/@pulumi/$1` }],
        },
        test: {
          name: "infra",
          include: ["test/infra/**/*.test.ts"],
          globalSetup: ["test/infra/support/platform.ts"],
          setupFiles: ["test/infra/support/setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // The parts of `npm run rehearse` and `rehearse:boot`; the rehearsals themselves are no part of `npm test`.
        test: {
          name: "rehearsal",
          include: ["test/rehearsal/**/*.test.ts", "test/boot/**/*.test.ts"],
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
      {
        // The load tests' runner and scenarios; needs k6, and Python for the emulated account.
        test: {
          name: "load",
          include: ["test/load/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
    coverage: {
      include: ["packages/*/src/**/*.ts", "infra/**/*.ts", "scripts/**/*.ts"],
      reporter: ["text", "html", "json-summary"],
    },
  },
});
