/** Mistakes stop the deploy before anything is created that takes time or money. */
import { expect, test, vi } from "vitest";
import { runProgram } from "../../tools/stage/graph/program.ts";

vi.mock("../../infra/secrets/token-secret.ts", () => ({
  tokenSecret: () => ({ value: "no link" }),
}));
const hosting = vi.hoisted(() => vi.fn());
vi.mock("../../infra/hosting/hosting.ts", () => ({ hostingOf: hosting }));

test("a link that is none does, before the network and the archives", async () => {
  await expect(runProgram({ stage: "ada" })).rejects.toThrow(
    /^"link\[4\]" of "Api" is an object of type Object, which cannot be linked\. Allowed are [^\n]+\.$/,
  );
  expect(hosting).not.toHaveBeenCalled();
});
