import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { setupDone } from "../runner/watch/requests.ts";

/** Answers like k6's REST API, with one status after the other. @returns its address */
async function serveStatus(left: number[]): Promise<string> {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ data: { attributes: { status: left.shift() } } }));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("waits while k6 is in setup, and no longer", async () => {
  const left = [6, 6, 7, 7];
  await setupDone(await serveStatus(left));
  expect(left).toEqual([7]);
});

test("does not wait for a k6 that is not there", async () => {
  await expect(setupDone("127.0.0.1:1")).resolves.toBeUndefined();
});
