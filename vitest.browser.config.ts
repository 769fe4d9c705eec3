import { defineConfig } from "vitest/config";
import { forgetAccount } from "./packages/local/src/account.ts";

forgetAccount(process.env);

export default defineConfig({
  test: {
    name: "browser",
    include: ["test/browser/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
