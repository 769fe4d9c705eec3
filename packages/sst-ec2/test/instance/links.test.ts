/** What an instance reads from SSM before its service starts. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readLinks } from "../../src/instance/links.ts";

const ARN = "arn:aws:ssm:us-east-1:123456789012:parameter/database";

let server: Server;
let parameters: Record<string, string>;
beforeEach(async () => {
  server = createServer(async (request, response) => {
    const { Name } = JSON.parse(Buffer.concat(await request.toArray()).toString());
    const Value = parameters[Name];
    response.writeHead(Value === undefined ? 400 : 200, {
      "content-type": "application/x-amz-json-1.1",
    });
    response.end(
      JSON.stringify(
        Value === undefined ? { __type: "ParameterNotFound" } : { Parameter: { Name, Value } },
      ),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${port}`);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "x");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "x");
});
afterEach(() => {
  vi.unstubAllEnvs();
  server.close();
});

test("parameters of the user's become variables, and their names do not", async () => {
  parameters = {
    "/shop/links": JSON.stringify({
      LOG_LEVEL: "info",
      SST_EC2_SSM: JSON.stringify({ DATABASE_URL: ARN }),
    }),
    [ARN]: "postgres://secret",
  };
  expect(await readLinks(["/shop/links"])).toEqual({
    LOG_LEVEL: "info",
    DATABASE_URL: "postgres://secret",
  });
});

test("one that is missing is named", async () => {
  parameters = {
    "/shop/links": JSON.stringify({ SST_EC2_SSM: JSON.stringify({ DATABASE_URL: ARN }) }),
  };
  await expect(readLinks(["/shop/links"])).rejects.toThrow(`${ARN}: ParameterNotFound`);
});
