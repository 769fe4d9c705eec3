import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { startApi } from "./support/api.ts";

const { app, call } = await startApi();

const page = (await app.inject("/docs/")).body;
const files = [...page.matchAll(/(?:src|href)="\.(\/static\/[^"]+)"/g)].map(
  ([, path]) => `/docs${path}`,
);
/** Made from the options of the page; each is small. */
const generated = files.filter((path) => /\/(swagger-initializer\.js|theme\/[^/]+)$/.test(path));
const versioned = files.filter((path) => !generated.includes(path));

describe("the files of the docs", () => {
  it("are all that the page asks for", () => {
    expect(files.length).toBeGreaterThan(6);
    expect(generated).toHaveLength(3);
  });

  it.each(generated)("%s is small, and no cache keeps it", async (path) => {
    const { statusCode, headers, rawPayload } = await call("GET", path);
    expect(statusCode).toBe(200);
    expect(rawPayload.length).toBeLessThan(4000);
    expect(headers["cache-control"]).toBe("no-cache");
  });

  it.each(versioned)("%s is small, and kept for ever by whoever has it", async (path) => {
    for (const [accept, coding, decompress] of [
      ["gzip, deflate, br, zstd", "br", brotliDecompressSync],
      ["gzip", "gzip", gunzipSync],
      ["br;q=0, gzip", "gzip", gunzipSync],
      ["identity", "gzip", gunzipSync],
    ] as const) {
      const answer = await call("GET", path, { headers: { "accept-encoding": accept } });
      expect(answer.statusCode).toBe(200);
      expect(answer.headers).toMatchObject({
        "content-encoding": coding,
        "cache-control": "public, max-age=31536000, immutable",
        vary: "accept-encoding",
        "content-type": expect.stringMatching(
          /^(text\/(css|javascript); charset=utf-8|image\/png)$/,
        ),
      });
      expect(answer.rawPayload.length).toBeLessThan(600_000);
      expect(decompress(answer.rawPayload).length).toBeGreaterThan(100);
    }
  });

  it("lead from a path without a version to the one with it, and from a wrong one nowhere", async () => {
    const [bundle = ""] = versioned.filter((path) => path.includes("bundle"));
    const plain = await call("GET", "/docs/static/swagger-ui-bundle.js");
    expect([plain.statusCode, plain.headers.location]).toEqual([302, bundle]);
    for (const path of ["/docs/static/package.json", bundle.replace(/\/[0-9a-f]{12}\//, "/old/")])
      expect((await call("GET", path)).statusCode).toBe(404);
  });

  it("are not there with API_DOCS=off, and neither is the document", async () => {
    const quiet = await startApi({ env: { API_DOCS: "off" } });
    for (const path of ["/docs", "/docs/", "/docs/json", "/docs/yaml", ...files])
      expect((await quiet.app.inject(path)).statusCode).toBe(404);
    expect((await quiet.app.inject("/")).json()).not.toHaveProperty("docs");
  });
});
