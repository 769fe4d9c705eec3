import assert from "node:assert/strict";
import { GetParametersCommand } from "@aws-sdk/client-ssm";
import { type TableName, tables } from "@steadfast/core/tables";
import type { BootPlan } from "../boot-plan.ts";
import type { Cloud } from "../cloud.ts";
import { present, same } from "../expect.ts";

/** The links as an instance's process gets them. */
export interface Links {
  /** Physical names of the tables. */
  tables: Record<TableName, string>;
  tokenSecret: string;
}

/** Reads the parameters that user data names, as an instance does, and checks what is in them. */
export async function checkLinks(
  cloud: Cloud,
  plan: BootPlan,
  userData: string,
  stage: string,
): Promise<Links> {
  const environment = await readParameters(cloud, plan.parameters);
  const link = (name: string) =>
    JSON.parse(present(environment[`SST_RESOURCE_${name}`], `link ${name}`));
  same(link("App"), { name: "steadfast", stage }, "link App");
  const tokenSecret: string = link("TokenSecret").value;
  assert.ok(Buffer.byteLength(tokenSecret) >= 32, "the token secret has less than 32 bytes");
  assert.ok(!userData.includes(tokenSecret), "user data contains the token secret");
  const names = Object.keys(tables).map((name) => [
    name,
    present(link(name).name, `name of table ${name}`),
  ]);
  return { tables: Object.fromEntries(names), tokenSecret };
}

async function readParameters(cloud: Cloud, Names: string[]): Promise<Record<string, string>> {
  const { Parameters = [] } = await cloud.ssm.send(
    new GetParametersCommand({ Names, WithDecryption: true }),
  );
  for (const parameter of Parameters)
    same(parameter.Type, "SecureString", `type of ${parameter.Name}`);
  // A name may carry a version, `name:version`, which the answer does not repeat.
  const values = Names.map(
    (name) => Parameters.find((each) => each.Name === name.replace(/:[^:]*$/, ""))?.Value,
  );
  return JSON.parse(
    values.map((value, index) => present(value, `parameter ${Names[index]}`)).join(""),
  );
}
