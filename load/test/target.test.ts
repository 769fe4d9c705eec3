import { expect, test } from "vitest";
import { reasonIn, urlIn } from "../runner/target.ts";

const state = (outputs: unknown) =>
  JSON.stringify({
    stack: "organization/steadfast/ada",
    latest: {
      resources: [
        { type: "pulumi:pulumi:Stack", outputs },
        { type: "aws:lb/loadBalancer:LoadBalancer", outputs: { url: "http://other" } },
      ],
    },
  });

test("takes the address of a stage from the outputs in its state", () => {
  expect(urlIn(state({ url: "https://api.example.com" }), "ada")).toBe("https://api.example.com");
});

test.each([["{}"], [state({})], [""]])("says that a stage is not deployed (%s)", (text) => {
  expect(() => urlIn(text, "ada")).toThrow("Stage ada is not deployed: npx sst deploy --stage ada");
});

test.each([
  ["", ""],
  ["one line", "one line"],
  [
    "SDK WARN no IMDS\n✕  AWS credentials are not configured.\n   aws: none\nposthog: no such host",
    "AWS credentials are not configured.",
  ],
])("finds why SST failed (%j)", (output, reason) => {
  expect(reasonIn(output)).toBe(reason);
});
