/** Parameters whose answer was lost. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Resources } from "../../../../test/infra/support/resources.ts";
import { runProgram } from "../../../../tools/stage/graph/program.ts";

const PARAMETER = "aws:ssm/parameter:Parameter";

test("each is taken over where an attempt before left it, and has a place that removes it", async () => {
  const resources = new Resources((await runProgram({ stage: "prod" })).resources);
  const parameters = resources.of(PARAMETER);
  expect(parameters.map(({ inputs }) => inputs.name).sort()).toEqual(["/steadfast/prod/Api/links"]);
  for (const { name, inputs, dependsOn } of parameters) {
    expect(inputs.overwrite).toBe(true);
    // Created before and removed after it, whatever happens to the parameter in between.
    expect(dependsOn).toContain(`pulumi-nodejs:dynamic:Resource ${name}Place`);
    const place = resources.one("pulumi-nodejs:dynamic:Resource", `${name}Place`);
    expect(place.inputs).toMatchObject({ name: inputs.name, region: "us-east-1" });
  }
});

describe("the place of a parameter", () => {
  const place = { name: "/steadfast/ada/Api/links", region: "us-east-1" };
  let server: Server;
  /** Operation and body of each request. */
  let asked: [string, unknown][];
  let answer: { status: number; body: object };

  beforeEach(async () => {
    asked = [];
    answer = { status: 200, body: {} };
    server = createServer(async (request, response) => {
      const body = (await request.toArray()).join("");
      asked.push([`${request.headers["x-amz-target"]}`, JSON.parse(body)]);
      response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(answer.body));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${port}`);
    vi.stubEnv("AWS_ACCESS_KEY_ID", "x");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "x");
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    server.close();
  });

  /** The provider's functions, once the globals of a program are there. */
  async function provider() {
    await runProgram({ stage: "ada", program: async () => ({}) });
    return (await import("../../src/sst/parameter.ts")).provider;
  }

  test("asks nothing of AWS when it is made", async () => {
    expect(await (await provider()).create(place)).toEqual({ id: place.name, outs: place });
    expect(asked).toEqual([]);
  });

  test("removes what is left there when it goes", async () => {
    await (await provider()).delete?.(place.name, place);
    expect(asked).toEqual([["AmazonSSM.DeleteParameter", { Name: place.name }]]);
  });

  test("is content with nothing being left", async () => {
    answer = { status: 400, body: { __type: "ParameterNotFound" } };
    await expect((await provider()).delete?.(place.name, place)).resolves.toBeUndefined();
  });

  test("fails when it may not look, so that no secret stays without a word", async () => {
    answer = { status: 400, body: { __type: "AccessDeniedException", message: "not allowed" } };
    await expect((await provider()).delete?.(place.name, place)).rejects.toThrow("not allowed");
  });
});
