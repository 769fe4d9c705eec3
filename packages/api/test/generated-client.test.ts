/** A client as others generate it from the OpenAPI document: its names, its types, and what it does. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { generateSource } from "oazapfts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newLogin, startApi } from "./support/api.ts";

const folder = mkdtempSync(join(tmpdir(), "steadfast-"));
const PACKAGES = join(import.meta.dirname, "../../../node_modules");

/** What somebody writes with the client. */
const CALLS = `
import { handle, ok } from "@oazapfts/runtime";
import * as api from "./client.ts";

const [baseUrl = "", login = ""] = process.argv.slice(2);
Object.assign(api.defaults, { baseUrl });
const password = "correct horse battery";
const user: api.User = await ok(api.createUser({ name: "Ada", login, password }));
const session: api.Session = await ok(api.createSession({ login, password }));
api.defaults.headers = { authorization: \`Bearer \${session.access_token}\` };
const post: api.Post = await ok(api.createPost({ content: "Hello" }));
const page: api.PostPage = await ok(api.listPostsOfUser(user.id, { limit: 1 }));
const missing = await handle(api.getPost(user.id), {
  200: () => "found",
  404: (problem: api.Problem) => problem.title,
});
const { message }: api.Message = await ok(api.deleteUser(user.id));
console.log(JSON.stringify({ same: page.items[0]?.id === post.id, missing, message }));

// @ts-expect-error: no answer has a password
user.password;
// @ts-expect-error: a post has a content
() => api.createPost({});
// @ts-expect-error: a limit is a number
() => api.listPostsOfUser(user.id, { limit: "1" });
`;

const { app } = await startApi();
const document = JSON.parse((await app.inject("/docs/json")).body);
let source: string;

beforeAll(async () => {
  symlinkSync(PACKAGES, join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const file = join(folder, "openapi.json");
  writeFileSync(file, JSON.stringify(document));
  source = await generateSource(file);
  writeFileSync(join(folder, "client.ts"), source);
  writeFileSync(join(folder, "calls.ts"), CALLS);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const exported = (kind: string) =>
  [...source.matchAll(new RegExp(`^export ${kind} (\\w+)`, "gm"))].map(([, name = ""]) => name);

test("its types have the schemas' names, and what is only sent has one beside it", () => {
  const schemas = Object.keys(document.components.schemas);
  for (const name of schemas) expect(name).toMatch(/^([A-Z][a-z]+)+$/);
  const names = exported("type").map((name) => name.replace(/Write$/, ""));
  expect([...new Set(names)].toSorted()).toEqual(schemas.toSorted());
});

test("its functions are the operations", () => {
  const operations = Object.values<Record<string, { operationId: string }>>(document.paths);
  const ids = operations.flatMap((item) =>
    Object.values(item).map(({ operationId }) => operationId),
  );
  expect(exported("function").toSorted()).toEqual(ids.toSorted());
});

test("its calls have the types that one expects, and no others", { timeout: 120_000 }, async () => {
  const options = ["--strict", "--noEmit", "--allowImportingTsExtensions", "--skipLibCheck"];
  const target = ["--target", "es2024", "--module", "nodenext", "--types", "node"];
  const checked = await promisify(execFile)(
    join(PACKAGES, ".bin/tsc"),
    [...options, ...target, "calls.ts"],
    { cwd: folder },
  ).catch((error) => error);
  expect(checked).toMatchObject({ stdout: "" });
});

test("its calls do what they say", async () => {
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...[join(folder, "calls.ts"), url, newLogin()],
  ]);
  expect(JSON.parse(stdout)).toEqual({
    same: true,
    missing: "Not Found",
    message: "User deleted.",
  });
});
