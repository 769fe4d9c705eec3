import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

test("scripts and tests run on the pinned Node, whatever the machine has", () => {
  const pinned = `v${manifest.devDependencies.node}`;
  expect(process.version).toBe(pinned);
  const inScripts = execFileSync("npm", ["exec", "--offline", "--", "node", "--version"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  expect(inScripts.trim()).toBe(pinned);
});

test("version managers get the pinned Node, too", () => {
  const version = readFileSync(new URL("../.node-version", import.meta.url), "utf8").trim();
  expect(version).toBe(manifest.devDependencies.node);
});
