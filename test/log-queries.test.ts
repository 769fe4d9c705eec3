/** The saved queries of CloudWatch Logs Insights, held against what the real API logs. */
import { Database, type Users } from "@steadfast/core";
import { TIMESTAMP_FORMAT } from "sst-ec2/helpers";
import { describe, expect, test } from "vitest";
import { queries, REQUEST_ID } from "../infra/logs/queries.ts";
import { type LogLine, register, startApi } from "../packages/api/test/support/api.ts";

const USER = "/users/019a9c5e-7b1a-7c3d-9e4f-2a6b8c0d1e2f";
const BROKEN = { get: () => Promise.reject(new TypeError("a bug")) } as unknown as Users;

/** Log lines of a healthy API, of one with a bug, and of one without its database. */
async function realLines(): Promise<LogLine[]> {
  const well = await startApi();
  const { id } = await register(well);
  await well.call("GET", `/users/${id}`);
  const buggy = await startApi({ users: BROKEN });
  await buggy.call("GET", USER);
  const away = await startApi({
    database: new Database({ client: { endpoint: "http://127.0.0.1:1" } }),
  });
  await away.call("GET", USER);
  return [...well.log, ...buggy.log, ...away.log];
}

const lines = await realLines();

/** The value of a field, as Insights names those of nested objects. */
function fieldOf(line: LogLine, field: string): unknown {
  return field
    .split(".")
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], line);
}

/** The fields in a query: no functions, keywords, aliases or text. */
function fieldsOf(text: string): string[] {
  const aliases = [...text.matchAll(/\bas (\w+)/g)].map(([, alias]) => alias);
  const words = text
    .replaceAll(/"[^"]*"/g, "")
    .replaceAll(/\w+\(/g, "(")
    .match(/@?[A-Za-z][\w.]*/g);
  const language = "filter fields stats sort limit by and or as asc desc".split(" ");
  return (words ?? []).filter((word) => ![...language, ...aliases].includes(word));
}

/** The comparisons of a query's filter. */
function filterOf(text: string): [field: string, operator: string, value: unknown][] {
  const [filter = ""] = /^filter (.*)$/m.exec(text)?.slice(1) ?? [];
  return filter.split(" and ").map((part) => {
    const [, field = "", operator = "", value = ""] = /^([\w.]+) (=|>=) (.+)$/.exec(part) ?? [];
    return [field, operator, JSON.parse(value)];
  });
}

function found(text: string): LogLine[] {
  const filter = filterOf(text);
  return lines.filter((line) =>
    filter.every(([field, operator, value]) => {
      const actual = fieldOf(line, field);
      return operator === "="
        ? actual === value
        : typeof actual === "number" && actual >= (value as number);
    }),
  );
}

const query = (name: string) => queries.find((each) => each.name === name)?.text ?? "";

describe.each(queries)("$name", ({ text }) => {
  test("names fields that the API logs, and CloudWatch's own", () => {
    const fields = fieldsOf(text);
    expect(fields.length).toBeGreaterThan(3);
    for (const field of fields.filter((each) => each !== "@logStream"))
      expect(
        lines.filter((line) => fieldOf(line, field) !== undefined),
        field,
      ).not.toEqual([]);
  });
});

test("errors by route finds the requests that failed, and no others", () => {
  const requests = found(query("errors by route"));
  expect(requests.map(({ status }) => status).sort()).toEqual([500, 503]);
  expect(new Set(requests.map(({ route }) => route))).toEqual(new Set(["/users/:id"]));
});

test("slowest routes looks at every request, of which the time is a number", () => {
  const requests = found(query("slowest routes"));
  expect(requests.length).toBeGreaterThanOrEqual(5);
  for (const { ms } of requests) expect(ms).toEqual(expect.any(Number));
});

test("busiest clients looks at every request, each with its client's address", () => {
  for (const { client } of found(query("busiest clients"))) expect(client).toBe("127.0.0.1");
});

test("one request finds all that was said of it, by the ID that its client has", () => {
  const [failed] = found(query("errors by route"));
  const story = found(query("one request").replace(REQUEST_ID, String(failed?.reqId)));
  expect(story.map(({ msg }) => msg)).toEqual(["unexpected error", "request"]);
  expect(fieldOf(story[0] as LogLine, "err.stack")).toMatch(/^TypeError: a bug\n/);
});

test("the agent finds the moment of a line in it, and nowhere before it", () => {
  const digits = { Y: 4, m: 2, d: 2, H: 2, M: 2, S: 2 };
  const pattern = new RegExp(
    TIMESTAMP_FORMAT.replaceAll(".", "\\.")
      .replaceAll("%f", "\\d{1,9}")
      .replaceAll(/%([YmdHMS])/g, (_all, unit: keyof typeof digits) => `\\d{${digits[unit]}}`),
  );
  for (const line of lines) expect(pattern.exec(JSON.stringify(line))?.[0]).toBe(line.time);
});

test("a request costs about the 225 bytes that infra/logs/logs.ts reckons with", () => {
  // CloudWatch adds 26 to each.
  const sizes = found(query("slowest routes")).map((line) => JSON.stringify(line).length + 1 + 26);
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  expect(mean).toBeGreaterThan(205);
  expect(mean).toBeLessThan(245);
});
