import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findLink, readLink, tables } from "@steadfast/core";
import { expect, test } from "vitest";

test("a link's property is what the environment says", () => {
  for (const name of Object.keys(tables)) {
    const link = JSON.parse(process.env[`SST_RESOURCE_${name}`] as string);
    expect(readLink(name, "name")).toBe(link.name);
  }
});

test("a missing link, or a property that it has not, is told with what to do about it", () => {
  expect(() => readLink("Queue", "url")).toThrow(
    'The link Queue is missing or has no url: start through "npm start", "npx sst dev" or ' +
      '"npx sst shell", or set SST_RESOURCE_Queue={"url":"…"} and SST_RESOURCE_App.',
  );
  expect(() => readLink("Users", "arn")).toThrow("The link Users is missing or has no arn: ");
});

test("a property that may be missing is undefined then, also without its link", () => {
  expect(findLink("TokenSecret", "value")).toBe(readLink("TokenSecret", "value"));
  expect(findLink("TokenSecret", "previous")).toBeUndefined();
  expect(findLink("Queue", "url")).toBeUndefined();
});

test("without any links a Database says which one it misses, before it is used", async () => {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("SST_")),
  );
  const script = 'import { Database } from "@steadfast/core"; new Database();';
  const args = ["--input-type=module", "--eval", script];
  const run = promisify(execFile)(process.execPath, args, { env, cwd: import.meta.dirname });
  await expect(run).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("Error: The link Users is missing or has no name: start"),
  });
});
