import { describe, expect, it } from "vitest";
import { startApi } from "./support/api.ts";

const plain = await startApi();
const open = await startApi({ env: { CORS_ORIGIN: "https://app.example.com, https://b.example" } });

const preflight = (origin: string, method = "PUT") => ({
  headers: {
    origin,
    "access-control-request-method": method,
    "access-control-request-headers": "authorization,content-type",
  },
});

describe("security headers", () => {
  it.each(["/", "/nowhere", "/docs/json"])("come with %s", async (url) => {
    const { headers } = await plain.call("GET", url);
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "strict-transport-security": expect.stringMatching(/^max-age=\d{7,}/),
      "x-frame-options": expect.any(String),
    });
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers).not.toHaveProperty("x-powered-by");
    expect(headers).not.toHaveProperty("server");
  });

  it("that are for pages come with pages alone", async () => {
    const [page, data] = [await plain.call("GET", "/docs/"), await plain.call("GET", "/")];
    expect(page.headers).toHaveProperty("cross-origin-opener-policy", "same-origin");
    expect(data.headers).not.toHaveProperty("cross-origin-opener-policy");
  });

  it("keep an answer before routing from being taken for something else", async () => {
    const { headers } = await plain.call("GET", "/users/%zz");
    expect(headers["x-content-type-options"]).toBe("nosniff");
  });

  it.each(["/docs", "/docs/"])("let %s load its own files only, on HTTP too", async (url) => {
    const answer = await plain.call("GET", url);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-type"]).toContain("text/html");
    const policy = String(answer.headers["content-security-policy"]);
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/https?:|upgrade-insecure-requests|unsafe-eval/);
  });
});

describe("CORS", () => {
  it("is off unless configured", async () => {
    const answer = await plain.call("GET", "/", { headers: { origin: "https://app.example.com" } });
    expect(answer.statusCode).toBe(200);
    expect(Object.keys(answer.headers).filter(isCors)).toEqual([]);
    const asked = await plain.call("OPTIONS", "/posts/", preflight("https://app.example.com"));
    expect(asked.statusCode).toBe(405);
    expect(Object.keys(asked.headers).filter(isCors)).toEqual([]);
  });

  it("lets the configured origins call and read what matters", async () => {
    for (const origin of ["https://app.example.com", "https://b.example"]) {
      const asked = await open.call("OPTIONS", "/posts/", preflight(origin));
      expect(asked.statusCode).toBe(204);
      expect(asked.headers).toMatchObject({
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "GET, POST, PUT, DELETE",
        "access-control-allow-headers": "authorization, content-type",
        vary: expect.stringContaining("Origin"),
      });
      const answer = await open.call("GET", "/", { headers: { origin } });
      expect(answer.headers["access-control-allow-origin"]).toBe(origin);
      expect(answer.headers["access-control-expose-headers"]).toContain("x-request-id");
    }
  });

  it("lets no other origin call, and none with cookies", async () => {
    const asked = await open.call("OPTIONS", "/posts/", preflight("https://evil.example"));
    expect(asked.headers["access-control-allow-origin"]).toBeUndefined();
    const allowed = await open.call("OPTIONS", "/posts/", preflight("https://b.example"));
    expect(allowed.headers["access-control-allow-credentials"]).toBeUndefined();
  });

  it("answers errors to the configured origins, too", async () => {
    const headers = { origin: "https://b.example" };
    const answer = await open.call("POST", "/posts/", { body: {}, headers });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers["access-control-allow-origin"]).toBe("https://b.example");
  });

  it.each(["/users/%zz", "/nowhere", "*", "/users/x", `/${"x".repeat(300)}`])(
    "lets pages read the answer to %s",
    async (url) => {
      const headers = { origin: "https://b.example" };
      const answer = await open.app.inject({ method: "GET", url, headers });
      expect(answer.headers).toMatchObject({
        "access-control-allow-origin": "https://b.example",
        "x-content-type-options": "nosniff",
        "strict-transport-security": expect.any(String),
      });
    },
  );

  it("has an empty answer for an OPTIONS that is no preflight", async () => {
    const answer = await open.call("OPTIONS", "/posts/");
    expect([answer.statusCode, answer.body]).toEqual([204, ""]);
  });
});

describe("the request id", () => {
  it("is the answer's own, whatever the client sends", async () => {
    const headers = { "x-request-id": "mine", "request-id": "mine" };
    const one = await plain.call("GET", "/", { headers });
    const other = await plain.call("GET", "/", { headers });
    expect(one.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(one.headers["x-request-id"]).not.toBe(other.headers["x-request-id"]);
  });

  it.each(["/nowhere", "/users/x", "/users/%zz"])("of a problem at %s is in it", async (url) => {
    const answer = await plain.call("GET", url);
    expect(answer.json().request_id).toBe(answer.headers["x-request-id"]);
  });
});

function isCors(header: string): boolean {
  return header.startsWith("access-control-");
}
