/** The keys of the API's tokens: how they are made, kept and changed. */

import { HOURS_BETWEEN, rotatedKeys, type TokenKeys } from "@steadfast/api/token-keys";
import { beforeAll, describe, expect, test } from "vitest";
import { runProgram } from "../../tools/stage/graph/program.ts";
import { Resources, secretOf } from "./support/resources.ts";

type Provider = typeof import("../../infra/secrets/token-secret.ts").provider;
let provider: Provider;

beforeAll(async () => {
  await runProgram({ stage: "ada", program: async () => ({}) });
  ({ provider } = await import("../../infra/secrets/token-secret.ts"));
});

const FIRST = { version: "1", reset: "1" };

type State = typeof FIRST & TokenKeys;

async function create(): Promise<State> {
  return (await provider.create(FIRST)).outs as State;
}

async function update(before: State, change: Partial<typeof FIRST>): Promise<State> {
  const inputs = { version: before.version, reset: before.reset, ...change };
  return (await provider.update?.("token-keys", before, inputs))?.outs as State;
}

const keysOf = ({ previous, value, next }: TokenKeys) => [previous, value, next];

describe("the keys", () => {
  test("are three of 64 characters by chance", async () => {
    const keys = [...keysOf(await create()), ...keysOf(await create())];
    expect(new Set(keys).size).toBe(6);
    for (const key of keys) expect(key).toMatch(/^[\w-]{64}$/);
  });

  test("stay when no version changes", async () => {
    const before = await create();
    expect(await update(before, {})).toEqual(before);
  });

  test("move along with another TokenSecretVersion, and one is new", async () => {
    const before = await create();
    const after = await update(before, { version: "2026-11-22" });
    expect(after).toMatchObject({ version: "2026-11-22", reset: "1" });
    expect([after.previous, after.value]).toEqual([before.value, before.next]);
    expect(keysOf(before)).not.toContain(after.next);
  });

  test("are refused to move again while tokens of the one to go may be good", async () => {
    const once = await update(await create(), { version: "2" });
    await expect(update(once, { version: "3" })).rejects.toThrow(
      /^The token secret was rotated at \S+Z\. Rotating it again before \S+Z would end .*TokenSecretReset/,
    );
    const at = (hours: number) => new Date(Date.parse(once.rotated) + hours * 3_600_000);
    await expect(rotatedKeys(once, at(HOURS_BETWEEN - 0.01))).rejects.toThrow("Rotating it again");
    expect((await rotatedKeys(once, at(HOURS_BETWEEN))).previous).toBe(once.value);
  });

  test("are all new with another TokenSecretReset, however soon, and may be rotated then", async () => {
    const once = await update(await create(), { version: "2" });
    const reset = await update(once, { version: "3", reset: "leak" });
    expect(new Set([...keysOf(once), ...keysOf(reset)]).size).toBe(6);
    expect((await update(reset, { version: "4" })).previous).toBe(reset.value);
  });

  test("are in no message", async () => {
    const once = await update(await create(), { version: "2" });
    const message = await update(once, { version: "3" }).catch(String);
    for (const key of keysOf(once)) expect(message).not.toContain(key);
  });
});

test("in the program they come from two SST secrets, which have values from the start", async () => {
  const { resources } = await runProgram({ stage: "prod" });
  const { inputs } = new Resources(resources).one("pulumi-nodejs:dynamic:Resource", "Keys");
  expect([inputs.version, inputs.reset].map(secretOf)).toEqual(["1", "1"]);
});
