import assert from "node:assert/strict";
import { type TableName, tables } from "@steadfast/core/tables";
import type { BootPlan } from "./boot-plan.ts";
import type { Cloud } from "./cloud.ts";
import type { Deployment } from "./deployment.ts";
import { present, same } from "./expect.ts";

/** The links as an instance's process gets them. */
export interface Links {
  app: { name: string; stage: string };
  /** Physical names of the tables. */
  tables: Record<TableName, string>;
  /** The keys of the tokens. */
  tokenSecret: { value: string; previous: string; next: string };
}

/** The links are complete, encrypted, and not in user data. Returns them. */
export async function checkLinks(
  cloud: Cloud,
  { plan, userData }: Deployment,
  stage: string,
): Promise<Links> {
  const links = await readLinks(cloud, plan);
  same(links.app, { name: "steadfast", stage }, "link App");
  for (const [name, key] of Object.entries(links.tokenSecret)) {
    const size = Buffer.byteLength(key);
    assert.ok(size >= 32, `the token secret's ${name} has ${size} bytes, 32 are needed`);
    assert.ok(!userData.includes(key), `user data contains the token secret's ${name}`);
  }
  return links;
}

/** Reads the environment from the parameters that user data names, as an instance does. */
export async function readEnvironment(
  cloud: Cloud,
  { parameters }: BootPlan,
): Promise<Record<string, string>> {
  const values = await Promise.all(
    parameters.map(async (Name) => {
      const found = await cloud.ssm.getParameter({ Name, WithDecryption: true });
      same(found.Parameter?.Type, "SecureString", `type of ${Name}`);
      return present(found.Parameter?.Value, `parameter ${Name}`);
    }),
  );
  return JSON.parse(values.join(""));
}

/** A link's properties. */
// biome-ignore lint/suspicious/noExplicitAny: every link has others.
export function linkOf(environment: Record<string, string>, name: string): any {
  return JSON.parse(present(environment[`SST_RESOURCE_${name}`], `link ${name}`));
}

/** The API's links, read likewise. */
export async function readLinks(cloud: Cloud, plan: BootPlan): Promise<Links> {
  const environment = await readEnvironment(cloud, plan);
  const link = (name: string) => linkOf(environment, name);
  const names = Object.keys(tables).map((name) => {
    return [name, present(link(name).name, `name of table ${name}`)];
  });
  const { value, previous, next } = link("TokenSecret");
  return {
    app: link("App"),
    tables: Object.fromEntries(names),
    tokenSecret: {
      value: present(value, "the key that signs"),
      previous: present(previous, "the key that signed"),
      next: present(next, "the key that will sign"),
    },
  };
}
