import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { forgetAccount } from "./packages/local/src/account.ts";

/** Where `sst install` puts SST's components and the one instance of Pulumi that they share. */
const PLATFORM = `${import.meta.dirname}/.sst/platform`;

// No test has anything to do with an account, whatever the shell says.
forgetAccount(process.env);

// Each test file is a process of its own, and many start others: what one has compiled the next reads.
process.env.NODE_COMPILE_CACHE ??= `${import.meta.dirname}/node_modules/.cache/steadfast/compiled`;

/** For what hangs, and far beyond what any test takes, so that none fails because the machine is busy. */
export const PATIENCE = {
  testTimeout: 60_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 15_000 } },
};

/** What installs much from registries, and is run by `npm run test:long` instead. */
export const LONG = [
  "packages/sst-ec2/test/instance/programs.test.ts",
  "tools/bench/test/bench-servers.test.ts",
  "test/drop.long.test.ts", // drop: quotes
];

export default defineConfig({
  test: {
    // Most tests wait for a process of their own, so two at once pay on two cores, too.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        // Everything that runs against the local DynamoDB.
        test: {
          name: "packages",
          include: [
            "packages/*/test/**/*.test.ts",
            "test/*.test.ts",
            "tools/soak/test/**/*.test.ts",
          ],
          exclude: ["packages/sst-ec2/**", ...LONG],
          globalSetup: [
            "test/support/dynamodb.ts",
            "test/support/postgres.ts", // drop: quotes
          ],
          setupFiles: ["test/support/links.ts"],
          ...PATIENCE,
        },
      },
      {
        // The program that SST runs, under Pulumi's mocks.
        resolve: {
          alias: [{ find: /^@pulumi\/(.*)$/, replacement: `${PLATFORM}/node_modules/@pulumi/$1` }],
        },
        test: {
          name: "infra",
          include: ["test/infra/**/*.test.ts", "packages/sst-ec2/test/components/**/*.test.ts"],
          globalSetup: ["tools/stage/graph/platform.ts"],
          setupFiles: ["test/infra/support/setup.ts"],
          ...PATIENCE,
        },
      },
      {
        // The parts of `npm run rehearse` and `rehearse:boot`; the rehearsals themselves are no part of `npm test`.
        test: {
          name: "rehearsal",
          include: ["tools/rehearsal/test/**/*.test.ts"],
          globalSetup: ["tools/stage/graph/platform.ts"],
          ...PATIENCE,
        },
      },
      {
        // What is built, and what an instance does with it: the library without its components.
        test: {
          name: "boot",
          include: ["packages/sst-ec2/test/**/*.test.ts", "tools/build/test/**/*.test.ts"],
          exclude: ["packages/sst-ec2/test/{components,programs}/**", ...LONG],
          ...PATIENCE,
        },
      },
      {
        // What stages cost and may do, from the same program in a process of its own; and the bench.
        test: {
          name: "tools",
          include: ["tools/{bench,common,stage}/test/**/*.test.ts"],
          exclude: LONG,
          globalSetup: ["tools/stage/graph/platform.ts"],
          ...PATIENCE,
        },
      },
      {
        // The load tests' runner and scenarios, and Schemathesis; needs k6, and Python.
        test: {
          name: "load",
          include: ["load/test/**/*.test.ts", "test/fuzz/**/*.test.ts"],
          ...PATIENCE,
        },
      },
    ],
    coverage: {
      include: ["packages/*/src/**/*.ts", "infra/**/*.ts", "{load,scripts,tools}/**/*.ts"],
      reporter: ["text", "html", "json-summary"],
    },
  },
});
