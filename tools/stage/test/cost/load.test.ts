/** The priced load is the tested load, at the costs in the docs. */
import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import {
  classic,
  everyday,
  loadOf,
  ORIGINAL_LOAD,
  type Route,
  routes,
  type Visits,
} from "../../cost/load.ts";

/** `load/lib/visits.ts` outside k6: a visit calls what is recorded here. */
async function k6Visits(): Promise<{ everyday: [number, (run: unknown) => void][] }> {
  const sent: string[] = [];
  const { outputFiles } = await build({
    entryPoints: ["load/lib/visits.ts"],
    bundle: true,
    write: false,
    define: { __ENV: "{}" },
    format: "esm",
    plugins: [
      {
        name: "k6",
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^k6/ }, ({ path }) => ({ path, namespace: "k6" }));
          onLoad({ filter: /.*/, namespace: "k6" }, () => ({
            contents: `export default { vu: { idInTest: 1, metrics: { tags: {} } }, scenario: {} };
              export const check = () => true;
              export const nothing = () => {};
              export { nothing as sleep, nothing as randomBytes, nothing as setTimeout };`,
          }));
          onLoad({ filter: /lib\/client\.ts$/ }, () => ({
            contents: `export const send = ({ method, route }) => {
                globalThis.sentByVisit.push(method + " " + route);
                return { status: { POST: route === "/sessions" ? 200 : 201 }[method] ?? 200, body: "swagger-ui" };
              };
              export const sendAside = send;
              export const bodyOf = () => ({ id: "id", access_token: "token", expires_in: 9999 });`,
          }));
        },
      },
    ],
  });
  Object.assign(globalThis, { sentByVisit: sent });
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString("base64");
  return import(/* @vite-ignore */ `data:text/javascript;base64,${code}`);
}

test("everyday visits are those of the load tests, request by request", async () => {
  const { everyday: mix } = await k6Visits();
  const account = {
    id: "id",
    login: "ada",
    token: "token",
    expires: Date.now() + 1e9,
    posts: ["post"],
  };
  const sent = (globalThis as unknown as { sentByVisit: string[] }).sentByVisit;
  const seen = mix.map(([weight, visit]) => {
    sent.length = 0;
    visit({ accounts: [account], password: "secret", prefix: "load" });
    return [weight, [...sent]];
  });
  expect(seen).toEqual(everyday);
});

test("the original's load test is 20 000 visits, a quarter of them to the docs", () => {
  const { requests } = loadOf({ rps: 0, tests: 1, pushes: 0, data: 0 });
  expect(Object.fromEntries(requests)).toMatchObject({
    "GET /docs": 5000,
    "POST /users/": 15_000,
    "DELETE /users/{id}": 15_000,
  });
  expect(classic).toHaveLength(2);
});

describe("docs/data.md", () => {
  const page = readFileSync("docs/data.md", "utf8");
  const costs = new Map(
    [...page.matchAll(/^\| ([A-Z][^|]+?) \| (\d+)[^|]* \| ([\d.]+)[^|]* \|$/gm)].map(
      ([, name, write, read]) => [name, [Number(write), Number(read)]],
    ),
  );
  test.each<[string, Route]>([
    ["Register", "POST /users/"],
    ["Log in", "POST /sessions"],
    ["Read a user or a post", "GET /posts/{id}"],
    ["Read a user or a post", "GET /users/{id}"],
    ["Write a post", "POST /posts/"],
    ["Change a post", "PUT /posts/{id}"],
    ["Remove a post", "DELETE /posts/{id}"],
  ])("has the units that are counted: %s", (name, route) => {
    // Reads of the list of removals are per process and have their own line.
    const { Removals: _, ...own } = routes[route].units;
    const units = Object.values(own);
    const sum = (index: 0 | 1) => units.reduce((all, each) => all + each[index], 0);
    expect([sum(0), sum(1)]).toEqual(costs.get(name));
  });
});

test("a request a second is 2.6 million a month, and runs of the test come on top", () => {
  const mix: Visits = [[1, ["GET /users/{id}"]]];
  const load = loadOf({ ...ORIGINAL_LOAD, rps: 1, tests: 0, mix });
  expect(load.total).toBeCloseTo(2_628_000, 3);
  expect(load.units("Users")).toEqual({ write: 0, read: expect.closeTo(1_314_000, 3) });
  expect(loadOf(ORIGINAL_LOAD).total).toBeCloseTo(2_628_000 + 4 * 50_000, 3);
});
