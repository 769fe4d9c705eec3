import { SignatureV4 } from "@smithy/signature-v4";
import type { HttpRequest } from "@smithy/types";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Signer } from "../../src/dynamodb/signer.ts";
import { Sha256 } from "../support/sha256.ts";

const word = fc.stringMatching(/^[A-Za-z0-9/+_.:-]{1,40}$/);
const header = fc.constantFrom(
  "content-type",
  "Content-Length",
  "x-amz-target",
  "amz-sdk-invocation-id",
  "amz-sdk-request",
  "x-amz-user-agent",
  "user-agent",
  "authorization",
  "x-amz-date",
  "expect",
);
const value = fc.stringMatching(/^ {0,2}[!-~]{1,20}( {1,3}[!-~]{1,20}){0,3} {0,2}$/);

const request = fc.record({
  headers: fc.dictionary(header, value),
  host: word,
  body: fc.oneof(fc.string({ unit: "binary" }), fc.uint8Array()),
});
const credentials = fc.record({
  accessKeyId: word,
  secretAccessKey: word,
  sessionToken: fc.option(word, { nil: undefined }),
});

describe("the signer", () => {
  test("signs as the SDK's does, whatever the request, the credentials and the day", async () => {
    await fc.assert(
      fc.asyncProperty(
        request,
        credentials,
        fc.date({ min: new Date(2015, 0), max: new Date(2060, 0), noInvalidDate: true }),
        fc.constantFrom("us-east-1", "eu-central-1", "cn-north-1"),
        async ({ headers, host, body }, { sessionToken, ...keys }, signingDate, region) => {
          const toSign = {
            method: "POST",
            protocol: "https:",
            hostname: host,
            path: "/",
            query: {},
            headers: { ...headers, host },
            body,
          } as HttpRequest;
          const options = {
            credentials: async () => ({ ...keys, ...(sessionToken && { sessionToken }) }),
            region,
            service: "dynamodb",
          };
          const theirs = new SignatureV4({ ...options, sha256: Sha256, applyChecksum: false });
          const expected = await theirs.sign(toSign, { signingDate });
          const signed = await new Signer(options).sign(toSign, { signingDate });
          expect(signed.headers.authorization).toBe(expected.headers.authorization);
          expect(signed.headers["x-amz-date"]).toBe(expected.headers["x-amz-date"]);
          expect(signed.headers["x-amz-security-token"]).toBe(sessionToken || undefined);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("leaves the request as it was, so that a retry is signed anew", async () => {
    const headers = { host: "example.com", "content-type": "application/x-amz-json-1.0" };
    const request = { method: "POST", path: "/", headers, body: "{}" } as unknown as HttpRequest;
    const signer = new Signer({
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
      region: "us-east-1",
      service: "dynamodb",
    });
    const [first, second] = [
      await signer.sign(request, { signingDate: "2026-01-01T00:00:00Z" }),
      await signer.sign(request, { signingDate: "2026-01-02T00:00:00Z" }),
    ];
    expect(headers).toEqual({ host: "example.com", "content-type": "application/x-amz-json-1.0" });
    expect(second.headers.authorization).not.toBe(first.headers.authorization);
  });
});
